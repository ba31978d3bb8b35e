"""who looked at whom; and what is expected of customers, reckoned anew by `lumi-hub init`"""

import sqlalchemy as sa
from alembic import op

revision = "hub_0014"
down_revision = "hub_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "look",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), server_default="", nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look")),
    )
    op.create_index(op.f("ix_look_at"), "look", ["at"])
    op.create_index(op.f("ix_look_customer_id_at"), "look", ["customer_id", "at"])
    op.create_index(op.f("ix_look_person_id_at"), "look", ["person_id", "at"])
    op.create_table(
        "outlook",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("brought_fen", sa.BigInteger(), nullable=False),
        sa.Column("expected_fen", sa.BigInteger(), nullable=False),
        sa.Column("runs_out", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outlook")),
    )
