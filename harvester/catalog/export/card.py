"""The dataset card: Markdown below YAML front matter (https://huggingface.co/docs/hub/datasets-cards)."""

from collections.abc import Sequence

from harvester.base.escape import markdown
from harvester.catalog.export.columns import Column
from harvester.catalog.export.records import Context
from harvester.catalog.export.yaml_text import to_yaml

_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
)
"""The hub's categories of sizes, by the number of rows they end below."""


def card(data: Sequence[str], columns: Sequence[Column], number: int, context: Context) -> str:
    """The card.

    Args:
        data: the paths of the data files; the last one, Parquet if there is any, is what the hub loads.
        number: how many papers there are.
    """
    title = context.taxonomy.title
    front = {
        **({"license": context.license.lower()} if context.license else {}),
        "pretty_name": title,
        "tags": ["bibliography", "croissant"],
        "size_categories": [next((name for end, name in _SIZES if number < end), "n>1T")],
        "configs": [{"config_name": "papers", "default": True, "data_files": [{"split": "train", "path": data[-1]}]}],
    }
    licence = f"The licence is {context.license}." if context.license else "The maintainers have not stated a licence."
    lines = [
        f"# {markdown(title)}",
        "",
        f"{number} papers, each with its labels. Scope: {markdown(context.taxonomy.scope.definition)}",
        "",
        "| column | content |",
        "| --- | --- |",
        *(f"| `{column.name}` | {_kind(column)}{markdown(column.about)} |" for column in columns),
        "",
        "The labels are the maintainers'; titles, authors and venues are as their publishers give them. "
        f"`croissant.json` describes the files for loaders. {licence}",
        "",
        *([f"The list is at <{context.home}>.", ""] if context.home else []),
        "This folder is written by `harvester catalog export --format dataset`.",
    ]
    return f"---\n{to_yaml(front)}---\n\n" + "\n".join(lines) + "\n"


def _kind(column: Column) -> str:
    if column.parts:
        return f"List of {', '.join(f'`{part}`' for part in column.parts)}. "
    return "List. " if column.repeated else ""
