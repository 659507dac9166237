"""Where a paper has its page, on the site and on the server. The one place that knows. Pure."""

from pathlib import PurePosixPath
from urllib.parse import quote


def page_path(identifier: str, entry: str | None) -> str:
    """The path of a paper's page, from the root of the site: ``/paper/<slug>/``.

    Args:
        entry: the entry's file within the catalog, named by the slug; without one, the list shows the paper.
    """
    if entry:
        return f"/paper/{quote(PurePosixPath(entry).stem)}/"
    return f"/?paper={quote(identifier, safe=':/')}"
