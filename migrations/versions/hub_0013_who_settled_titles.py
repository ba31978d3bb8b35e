"""who settled product titles, and when; which of them are of high margin"""

from uuid import NAMESPACE_OID, uuid5

import sqlalchemy as sa
from alembic import op

revision = "hub_0013"
down_revision = "hub_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "settled_title",
        sa.Column("high_margin", sa.Boolean(), server_default="0", nullable=False),
    )
    decisions = op.create_table(
        "title_decision",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=True),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("product_id", sa.String(), nullable=True),
        sa.Column("high_margin", sa.Boolean(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_title_decision")),
    )
    decided = op.create_table(
        "decided_title",
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("decision_id", "title", name=op.f("pk_decided_title")),
    )
    op.create_index(op.f("ix_decided_title_title"), "decided_title", ["title"])
    # What was settled before was settled by command; what was said at once is one decision.
    settled = sa.text("SELECT title, line, product_id, at FROM settled_title ORDER BY title")
    said: dict[tuple[str, str | None, int], list[str]] = {}
    for title, line, product_id, at in op.get_bind().execute(settled):
        said.setdefault((line, product_id, at), []).append(title)
    for (line, product_id, at), titles in said.items():
        one = str(uuid5(NAMESPACE_OID, f"{at}:{line}:{product_id}"))
        told = {"id": one, "at": at, "line": line, "product_id": product_id, "high_margin": False}
        op.bulk_insert(decisions, [told])
        op.bulk_insert(decided, [{"decision_id": one, "title": title} for title in titles])
