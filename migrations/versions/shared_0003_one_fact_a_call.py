"""one fact a call: how many of its dials were answered, and the seconds talked"""

import sqlalchemy as sa
from alembic import op

revision = "shared_0003"
down_revision = "shared_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("answered", "seconds"):
        op.add_column("fact", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
