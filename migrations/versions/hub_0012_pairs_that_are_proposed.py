"""the list of likely pairs, and what it is kept by; at first everybody is still to be compared"""

import sqlalchemy as sa
from alembic import op

revision = "hub_0012"
down_revision = "hub_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proposed_pair",
        sa.Column("one_id", sa.String(), nullable=False),
        sa.Column("other_id", sa.String(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("one_id", "other_id", name=op.f("pk_proposed_pair")),
    )
    op.create_index(op.f("ix_proposed_pair_other_id"), "proposed_pair", ["other_id"])
    op.create_index(
        op.f("ix_proposed_pair_rank_one_id_other_id"),
        "proposed_pair",
        ["rank", "one_id", "other_id"],
    )
    op.create_table(
        "identity_mark",
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "mark", name=op.f("pk_identity_mark")),
    )
    op.create_index(op.f("ix_identity_mark_mark"), "identity_mark", ["mark"])
    op.create_table(
        "shared_number",
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_shared_number")),
    )
    op.create_table(
        "to_compare",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_to_compare")),
    )
    op.execute("INSERT INTO to_compare (id, customer_id) SELECT id, id FROM customer")
