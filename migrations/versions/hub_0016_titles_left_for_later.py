"""titles that a manager left for later"""

import sqlalchemy as sa
from alembic import op

revision = "hub_0016"
down_revision = "hub_0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "left_title",
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("title", name=op.f("pk_left_title")),
    )
