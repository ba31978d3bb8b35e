"""indexes that nobody asks by: each cost every saved call a write"""

from alembic import op

revision = "hub_0004"
down_revision = "hub_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_sync_op_client_id_client_seq", "sync_op")
    op.drop_index("ix_contact_rep_id", "contact")
