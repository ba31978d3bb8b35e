"""views of the centre's list are kept beside those of a rep's own"""

import sqlalchemy as sa
from alembic import op

revision = "desk_0006"
down_revision = "desk_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.rename_table("saved_view", "saved_view_of_reps")
    op.create_table(
        "saved_view",
        sa.Column("page", sa.String(), server_default="own", nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("page", "name", name=op.f("pk_saved_view")),
    )
    op.execute(
        "INSERT INTO saved_view (name, body, at) SELECT name, body, at FROM saved_view_of_reps"
    )
    op.drop_table("saved_view_of_reps")
