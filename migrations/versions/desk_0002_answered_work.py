"""answered work stays until its rows come back"""

import sqlalchemy as sa
from alembic import op

revision = "desk_0002"
down_revision = "desk_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("answered", sa.Boolean(), server_default="0", nullable=False))
