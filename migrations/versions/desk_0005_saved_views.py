"""the views of the list of customers that a rep keeps"""

import sqlalchemy as sa
from alembic import op

revision = "desk_0005"
down_revision = "desk_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_saved_view")),
    )
    # Read the reps' streams anew: a hub may have sent tags to the program that did not know them.
    op.execute(
        "UPDATE cursor SET seq = 0, round = round + 1, whole = 0, generation = '', after = ''"
        " WHERE stream LIKE 'rep:%'"
    )
