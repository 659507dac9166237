"""Rate limits."""

from datetime import UTC, datetime, timedelta

from harvester.store import schema
from harvester.store.engine import connect, open_store, write
from harvester.store.rate_limits import allowed
from tests.conftest import both_databases

NOON = datetime(2025, 6, 12, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@both_databases
def test_a_limit_counts_each_act_and_person_apart_and_forgets_after_its_span(store_url: str) -> None:
    schema.upgrade(connect(store_url))
    with write(open_store(store_url)) as db:

        def may(act: str, who: str, minutes: int) -> bool:
            return allowed(db, act, who, NOON + timedelta(minutes=minutes), most=2, within=HOUR)

        assert [may("login", "ann", minute) for minute in (0, 10, 20)] == [True, True, False]
        assert may("login", "bob", 20)
        assert may("subscribe", "ann", 20)
        assert not may("login", "ann", 59)
        assert may("login", "ann", 61), "the first try is forgotten, and refused ones do not count"
        assert not may("login", "ann", 62)
