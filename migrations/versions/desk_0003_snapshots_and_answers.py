"""how far a snapshot was fetched, what was sent, and how refused rows stand"""

import sqlalchemy as sa
from alembic import op

revision = "desk_0003"
down_revision = "desk_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("generation", "after"):
        op.add_column("cursor", sa.Column(name, sa.String(), server_default="", nullable=False))
    op.add_column(
        "cursor", sa.Column("digest", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column("sent_log", sa.Column("customer_id", sa.String(), nullable=True))
    op.add_column("sent_log", sa.Column("made_at", sa.BigInteger(), nullable=True))
    op.add_column("dead_letter", sa.Column("now", sa.String(), server_default="{}", nullable=False))
    # Read every stream anew: its sum was not kept until now.
    op.execute("UPDATE cursor SET seq = 0, round = round + 1, whole = 0")
