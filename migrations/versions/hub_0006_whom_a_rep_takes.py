"""whom a rep takes when customers are handed out by themselves"""

import sqlalchemy as sa
from alembic import op

revision = "hub_0006"
down_revision = "hub_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rep_plan",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("side", sa.String(), server_default="both", nullable=False),
        sa.Column("lines", sa.String(), server_default="", nullable=False),
        sa.Column("grades", sa.String(), server_default="", nullable=False),
        sa.Column("most", sa.BigInteger(), nullable=True),
        sa.Column("away_from", sa.String(), nullable=True),
        sa.Column("away_until", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_rep_plan")),
    )
