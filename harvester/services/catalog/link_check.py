"""Ask whether links are alive: hosts in parallel, what was answered lately from memory, and resumable at any moment."""

import json
import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

from harvester.base.clock import Clock
from harvester.base.files import write_atomic
from harvester.base.locks import file_lock
from harvester.config.settings import Settings
from harvester.domain.link_answers import UNASKED, LinkAnswer, Trace, answer_from, is_fresh, judge
from harvester.domain.links import host
from harvester.services.workspace import Watch
from harvester.sources.arxiv import api
from harvester.sources.http import HttpSettings, Transport
from harvester.sources.link_probe import Hosts, Stopped, follow

log = logging.getLogger(__name__)
MEMORY = Path("data/link-answers.json")
THREADS = 32  # hosts asked at a time; most of the time a thread waits for its host's next turn
SAVING = 5.0  # seconds of answers that a killed process may lose
# A reader waits no longer: seconds for a connection, for an answer, and for a host that asks for a pause.
PATIENCE = {"timeout": 20.0, "read_limit": 30.0, "max_wait": 30.0}
Results = SimpleQueue[tuple[str, Trace] | Exception | None]


def ask_links(
    settings: Settings, pages: Iterable[str], clock: Clock, watch: Watch, *, recheck: bool = False
) -> tuple[dict[str, LinkAnswer], dict[str, LinkAnswer]]:
    """What is known of each address, and those of these answers that were given just now.

    Args:
        pages: web addresses without fragments.
        recheck: whether everything is asked anew, whatever is remembered.

    Raises:
        LockHeld: another check is asking.
        HarvesterError: the memory cannot be written.
    """
    wanted, memory = sorted(set(pages)), settings.path(MEMORY)
    if not wanted:
        return {}, {}
    with file_lock(memory.with_suffix(".lock"), wait=False, busy="Another check is asking the links"):
        remembered = recall(memory)
        known = {address: remembered[address] for address in wanted if address in remembered}
        alive_for = timedelta(days=settings.catalog.link_days)
        due = [one for one in wanted if recheck or one not in known or not is_fresh(known[one], clock(), alive_for)]
        hosts = Hosts(_limits(settings), partial(_pause, settings))
        now, saved = {}, time.monotonic()
        try:
            for number, (address, trace) in enumerate(_traces(settings, hosts, due), 1):
                now[address] = judge(trace, clock())
                watch("links", number, len(due))
                if time.monotonic() - saved > SAVING:
                    _remember(memory, known, now)
                    saved = time.monotonic()
        except KeyboardInterrupt:
            log.warning("%d of %d links have answered; the next check goes on with the others.", len(now), len(due))
            raise
        finally:
            hosts.stop()
            _remember(memory, known, now)
    return {**known, **now}, now


def recall(path: Path) -> dict[str, LinkAnswer]:
    """The remembered answers by address; what cannot be read is only asked again."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        found = {address: answer_from(record) for address, record in held["answers"].items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        log.warning("%s is not used: %s. All links are asked again.", path, error)
        return {}
    return {address: answer for address, answer in found.items() if answer}


def _remember(path: Path, known: dict[str, LinkAnswer], now: dict[str, LinkAnswer]) -> None:
    """Keep all answers except that there was no question."""
    asked = {address: answer for address, answer in now.items() if answer.problem not in UNASKED}
    if asked:
        answers = {address: answer.to_json() for address, answer in sorted({**known, **asked}.items())}
        write_atomic(path, json.dumps({"answers": answers}, ensure_ascii=False, indent=0))


def _limits(settings: Settings) -> HttpSettings:
    chosen = settings.harvest
    return chosen.model_copy(update={name: min(most, getattr(chosen, name)) for name, most in PATIENCE.items()})


def _pause(settings: Settings, name: str) -> float:
    if f".{name.partition(':')[0]}".endswith(".arxiv.org"):
        return max(settings.catalog.link_interval, api.KIND.section_or_defaults(settings.harvest).min_interval)
    return settings.catalog.link_interval


def _traces(settings: Settings, hosts: Hosts, due: Iterable[str]) -> Iterator[tuple[str, Trace]]:
    """Each address with its trace, as they come in; the hosts with most links begin."""
    by_host: defaultdict[str, list[str]] = defaultdict(list)
    for address in due:
        by_host[host(address)].append(address)
    work: SimpleQueue[list[str]] = SimpleQueue()
    for addresses in sorted(by_host.values(), key=len, reverse=True):
        work.put(addresses)
    results: Results = SimpleQueue()
    # Daemons, so that Ctrl-C need not wait for a host that keeps silent.
    threads = [
        Thread(target=_work, args=(settings, hosts, work, results), daemon=True)
        for _ in range(min(THREADS, len(by_host)))
    ]
    for thread in threads:
        thread.start()
    running = len(threads)
    while running:
        if (found := results.get()) is None:
            running -= 1
        elif isinstance(found, Exception):
            raise found
        else:
            yield found


def _work(settings: Settings, hosts: Hosts, work: SimpleQueue[list[str]], results: Results) -> None:
    transport = Transport(_limits(settings), allow_private=settings.catalog.allow_private)
    try:
        while True:
            for address in work.get_nowait():
                results.put((address, follow(hosts, transport, address)))
    except (Empty, Stopped):
        pass
    except Exception as error:  # a bug: it is raised where somebody sees it
        results.put(error)
    finally:
        results.put(None)
