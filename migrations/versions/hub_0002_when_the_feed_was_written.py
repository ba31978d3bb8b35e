"""when each row of the feed was written; when the hub was last saved and reckoned"""

import sqlalchemy as sa
from alembic import op

revision = "hub_0002"
down_revision = "hub_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sync_feed", sa.Column("at", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("sync_meta", sa.Column("backup_at", sa.BigInteger(), nullable=True))
    op.add_column("sync_meta", sa.Column("nightly_at", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("sync_feed") as batch_op:
        batch_op.drop_constraint(batch_op.f("pk_sync_feed"), type_="primary")
        batch_op.create_primary_key(batch_op.f("pk_sync_feed"), ["pk", "entity", "stream"])
