"""Labels of all facets in one column: the kind had one of its own, so that no other facet could be exclusive."""

import sqlalchemy as sa
from alembic import op

from harvester.store.migrations.pieces import pieces

revision = "0009"
down_revision = "0008"

# Papers that the first stage turned away have the kind "", which says as little as none.
_JOIN = {
    "sqlite": "json_set(labels, '$.kind', json_array(kind))",
    "postgresql": "(labels::jsonb || jsonb_build_object('kind', jsonb_build_array(kind)))::json",
}


def upgrade() -> None:
    for table in ("predictions", "decisions"):
        joined = _JOIN[op.get_bind().dialect.name]
        change = f"UPDATE {table} SET labels = {joined} WHERE labels IS NOT NULL AND kind <> ''"  # noqa: S608
        for piece in pieces(f"joining labels of {table}", table, "id"):
            op.get_bind().execute(sa.text(f"{change} AND id BETWEEN :first AND :last"), piece)
        op.drop_column(table, "kind")
