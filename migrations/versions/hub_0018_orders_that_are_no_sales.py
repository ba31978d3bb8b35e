"""whether a file said that an order is no sale"""

import sqlalchemy as sa
from alembic import op

revision = "hub_0018"
down_revision = "hub_0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "order_trace", sa.Column("unsold", sa.Boolean(), server_default="0", nullable=False)
    )
