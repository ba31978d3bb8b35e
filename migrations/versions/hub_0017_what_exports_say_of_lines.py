"""what exports say of an order line by line; what they said before is not known"""

import sqlalchemy as sa
from alembic import op

revision = "hub_0017"
down_revision = "hub_0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("order_trace", sa.Column("tellings", sa.String(), nullable=True))
