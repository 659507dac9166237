"""The folders that are written to, and the free space on their disks."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from harvester.base.files import nearest
from harvester.config.settings import Settings
from harvester.services.operations.doctor.finding import DoctorFinding, fail, ok, warn

LITTLE, TOO_LITTLE = 2_000_000_000, 200_000_000  # bytes free


def places(settings: Settings) -> dict[str, Path]:
    """The folders that are written to, by purpose."""
    found = {"catalog": settings.path(settings.catalog.dir), "backups": settings.path(settings.backup.dir)}
    if settings.store_url.startswith("sqlite:///"):
        found["store"] = Path(settings.store_url.removeprefix("sqlite:///")).parent
    return found


def check_folder(purpose: str, folder: Path) -> DoctorFinding:
    """Whether files can be created there, or in the nearest existing parent."""
    there = nearest(folder)
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        return fail(
            "folders",
            f"The {purpose} folder {folder} is not writable: {error.strerror}.",
            "Make it writable for the user that runs this program, or set another one in config.toml.",
        )
    return ok("folders", f"The {purpose} folder {folder} is writable.")


def check_disk(purpose: str, folder: Path) -> DoctorFinding:
    """Whether there is enough free space."""
    free = shutil.disk_usage(nearest(folder)).free
    message = f"{free / 1e9:,.1f} GB are free for the {purpose}."
    if free < LITTLE:
        return (fail if free < TOO_LITTLE else warn)(
            "disk", message, f"Free some space on the disk that holds {folder}."
        )
    return ok("disk", message)


def check_disks(places: Mapping[str, Path]) -> Iterator[DoctorFinding]:
    """Whether there is enough free space, once for each disk."""
    for purposes in by_disk(places):
        yield check_disk(", ".join(purposes), places[purposes[0]])


def by_disk(places: Mapping[str, Path]) -> list[tuple[str, ...]]:
    """The purposes whose folders are on one disk, for each disk: what is free there is free once."""
    disks: dict[int, list[str]] = {}
    for purpose, folder in places.items():
        disks.setdefault(nearest(folder).stat().st_dev, []).append(purpose)
    return [tuple(purposes) for purposes in disks.values()]
