"""which import made one of two customers; people made every link so far"""

import sqlalchemy as sa
from alembic import op

revision = "hub_0019"
down_revision = "hub_0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("identity_link", sa.Column("import_id", sa.String(), nullable=True))
    where = sa.text("import_id IS NULL")
    told = {"sqlite_where": where, "postgresql_where": where}
    op.create_index(op.f("ix_identity_link_at"), "identity_link", ["at"], **told)
