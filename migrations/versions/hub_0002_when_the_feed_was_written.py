"""when each row of the feed was written"""

import sqlalchemy as sa
from alembic import op

revision = "hub_0002"
down_revision = "hub_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sync_feed", sa.Column("at", sa.BigInteger(), server_default="0", nullable=False))
