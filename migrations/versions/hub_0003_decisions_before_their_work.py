"""decisions of leaders that came before the work they are about"""

import sqlalchemy as sa
from alembic import op

revision = "hub_0003"
down_revision = "hub_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "early_decision",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("parked_id", sa.String(), nullable=False),
        sa.Column("kind_ver", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_early_decision")),
    )
    op.create_index(op.f("ix_early_decision_parked_id"), "early_decision", ["parked_id"])
