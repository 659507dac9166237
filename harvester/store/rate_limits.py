"""How often somebody may try something: in the store, so that restarts and other processes forget nothing."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select

from harvester.store.tables import attempts


def allowed(db: Connection, act: str, who: str, now: datetime, *, most: int, within: timedelta) -> bool:
    """Whether `who` may do `act` once more: at most `most` times in any span of `within`; an allowed attempt counts.

    Args:
        who: a network address or a name; only its hash is kept, and no longer than `within`.
    """
    key = hashlib.sha256(f"{act}\0{who}".encode()).hexdigest()
    db.execute(delete(attempts).where(attempts.c.act == act, attempts.c.at <= now - within))
    mine = (attempts.c.act == act) & (attempts.c.who == key)
    if db.execute(select(func.count()).select_from(attempts).where(mine)).scalar_one() >= most:
        return False
    db.execute(insert(attempts).values(act=act, who=key, at=now))
    return True
