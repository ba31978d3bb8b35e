"""hand-overs with their reason, and leaves with who stands in"""

import sqlalchemy as sa
from alembic import op

revision = "hub_0011"
down_revision = "hub_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hand_over",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("why", sa.String(), server_default="", nullable=False),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
    )
    op.create_index(op.f("ix_hand_over_at"), "hand_over", ["at"])
    op.create_table(
        "hand_over_move",
        sa.Column("assignment_id", sa.String(), nullable=False),
        sa.Column("hand_over_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("old_rep_id", sa.String(), nullable=True),
        sa.Column("new_rep_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("assignment_id", name=op.f("pk_hand_over_move")),
    )
    op.create_index(op.f("ix_hand_over_move_hand_over_id"), "hand_over_move", ["hand_over_id"])
    op.create_table(
        "leave",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rep_id", sa.String(), nullable=False),
        sa.Column("first", sa.String(), nullable=False),
        sa.Column("last", sa.String(), nullable=False),
        sa.Column("stand_in_id", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(), server_default="", nullable=False),
        sa.Column("hand_over_id", sa.String(), nullable=True),
        sa.Column("over_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave")),
    )
    op.create_index(op.f("ix_leave_rep_id"), "leave", ["rep_id"])
