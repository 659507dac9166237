"""The catalog as a dataset that can be put on the Hugging Face hub as it is: data, Croissant, card."""

import io
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from harvester.catalog.entry import Entry
from harvester.catalog.export.card import card
from harvester.catalog.export.columns import Column, columns, rows
from harvester.catalog.export.croissant import croissant
from harvester.catalog.export.records import Context

JSON_LINES = "data/papers.jsonl"
PARQUET = "data/papers.parquet"
CROISSANT = "croissant.json"
CARD = "README.md"


def data_files(entries: Sequence[Entry], context: Context) -> dict[str, bytes]:
    """The data by path below the dataset's folder: as JSON Lines, and as Parquet if pyarrow is installed."""
    held = rows(entries, context.taxonomy)
    lines = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in held).encode()
    return {JSON_LINES: lines} | _parquet(held, columns(context.taxonomy))


def dataset(data: dict[str, bytes], number: int, context: Context, day: date) -> dict[str, bytes]:
    """All files of the dataset.

    Args:
        data: what `data_files` returned for `number` entries.
        day: when these data were first written.
    """
    described = columns(context.taxonomy)
    return {
        **data,
        CROISSANT: croissant(data, described, context, day),
        CARD: card(list(data), described, number, context).encode(),
    }


def _parquet(held: list[dict[str, Any]], described: list[Column]) -> dict[str, bytes]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        return {}
    table = pa.Table.from_pylist(held, schema=pa.schema([(column.name, _type(column)) for column in described]))
    written = io.BytesIO()
    pq.write_table(table, written, compression="zstd")
    return {PARQUET: written.getvalue()}


def _type(column: Column) -> Any:
    import pyarrow as pa

    item = pa.struct([(part, pa.string()) for part in column.parts]) if column.parts else pa.string()
    return pa.list_(item) if column.repeated else item
