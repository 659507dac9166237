"""The layout of the catalog's papers, as the last run made it."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from harvester.domain.layouts import Layout
from harvester.store.tables import layouts


def keep_layout(db: Connection, layout: Layout, now: datetime) -> None:
    """Keep a layout in place of the last one."""
    db.execute(delete(layouts))
    db.execute(
        insert(layouts).values(
            mark=layout.mark,
            ids=list(layout.ids),
            places=list(layout.places),
            groups=list(layout.groups),
            similar=list(layout.similar),
            made=now,
        )
    )


def layout_mark(db: Connection) -> str:
    """The mark of the layout; "" if there is none."""
    return db.execute(select(layouts.c.mark)).scalar() or ""


def newest_layout(db: Connection) -> Layout | None:
    """The layout, if there is one."""
    row = db.execute(select(layouts)).first()
    return Layout(row.mark, row.ids, row.places, row.groups, row.similar) if row else None
