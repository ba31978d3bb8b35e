"""what was done to the tags of many customers at once"""

import sqlalchemy as sa
from alembic import op

revision = "hub_0015"
down_revision = "hub_0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tagging",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("adding", sa.Boolean(), nullable=False),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tagging")),
    )
    op.create_index(op.f("ix_tagging_at"), "tagging", ["at"])
    op.create_table(
        "tagging_step",
        sa.Column("tagging_id", sa.String(), nullable=False),
        sa.Column("tag_id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("tagging_id", "tag_id", name=op.f("pk_tagging_step")),
    )
