"""how far a snapshot was fetched, what was sent, and how refused rows stand"""

import sqlalchemy as sa
from alembic import op

revision = "desk_0003"
down_revision = "desk_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("generation", "after"):
        op.add_column("cursor", sa.Column(name, sa.String(), server_default="", nullable=False))
    op.add_column(
        "cursor", sa.Column("digest", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column("sent_log", sa.Column("customer_id", sa.String(), nullable=True))
    op.add_column("sent_log", sa.Column("made_at", sa.BigInteger(), nullable=True))
    op.add_column("sent_log", sa.Column("kept", sa.Boolean(), server_default="0", nullable=False))
    op.execute("UPDATE sent_log SET kept = 1 WHERE status IN ('applied', 'parked')")
    op.add_column("dead_letter", sa.Column("now", sa.String(), server_default="{}", nullable=False))
    # Read every stream anew: its sum was not kept until now.
    op.execute("UPDATE cursor SET seq = 0, round = round + 1, whole = 0")
    _keep_held_without_row_ids()


def _keep_held_without_row_ids() -> None:
    """What is held stays: what a stream no longer brings can only be told by it."""
    op.rename_table("held", "held_before")
    for index in ("ix_held_entity_pk", "ix_held_stream_root"):
        op.drop_index(index, "held_before")
    op.create_table(
        "held",
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("pk", sa.String(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("stream", "entity", "pk", name="pk_held"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_held_stream_root", "held", ["stream", "root"])
    op.execute(
        "INSERT INTO held (stream, entity, pk, root, ver, round)"
        " SELECT stream, entity, pk, root, ver, round FROM held_before"
    )
    op.drop_table("held_before")
