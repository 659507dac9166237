"""Whether the machine has been running all the while."""

from functools import cache
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@cache
def boot_id() -> str:
    """A name for the time since this machine started; "" where the system has none.

    What a process wrote before it was killed is still there while this is the same; after a power cut it is another,
    and only what was synced to disk is.
    """
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""
