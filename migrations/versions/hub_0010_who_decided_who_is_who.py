"""who decided who is who, and what was known then"""

import sqlalchemy as sa
from alembic import op

revision = "hub_0010"
down_revision = "hub_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("by_id", "undone_by"):
        op.add_column("identity_link", sa.Column(name, sa.String(), nullable=True))
    said = op.get_bind().execute(sa.text("SELECT one_id, other_id, at FROM identity_apart"))
    rows = [
        {"id": f"{one}:{other}", "one_id": one, "other_id": other, "at": at}
        for one, other, at in said
    ]
    op.drop_table("identity_apart")
    table = op.create_table(
        "identity_apart",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("one_id", sa.String(), nullable=False),
        sa.Column("other_id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=True),
        sa.Column("marks", sa.String(), nullable=True),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_apart")),
    )
    op.create_index(op.f("ix_identity_apart_one_id"), "identity_apart", ["one_id"])
    op.create_index(op.f("ix_identity_apart_other_id"), "identity_apart", ["other_id"])
    if rows:
        op.bulk_insert(table, rows)
