"""first desk tables"""

import sqlalchemy as sa
from alembic import op

revision = "desk_0001"
down_revision = None
branch_labels = ("desk",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cursor",
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("whole", sa.Boolean(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("stream", name=op.f("pk_cursor")),
    )
    op.create_table(
        "dead_letter",
        sa.Column("op_id", sa.String(), nullable=False),
        sa.Column("client_seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("kind_ver", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("params", sa.String(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("op_id", name=op.f("pk_dead_letter")),
    )
    op.create_table(
        "desk_meta",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_desk_meta")),
    )
    op.create_table(
        "held",
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("pk", sa.String(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("stream", "entity", "pk", name=op.f("pk_held")),
    )
    with op.batch_alter_table("held", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_held_entity_pk"), ["entity", "pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_held_stream_root"), ["stream", "root"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("client_seq", sa.Integer(), nullable=False),
        sa.Column("op_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("kind_ver", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("depends_on", sa.String(), nullable=True),
        sa.Column("first", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("sending", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("client_seq", name=op.f("pk_outbox")),
        sa.UniqueConstraint("op_id", name=op.f("uq_outbox_op_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "sent_log",
        sa.Column("op_id", sa.String(), nullable=False),
        sa.Column("client_seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("kind_ver", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("op_id", name=op.f("pk_sent_log")),
    )
    with op.batch_alter_table("sent_log", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sent_log_answered_at"), ["answered_at"], unique=False)

    op.create_table(
        "unfinished_call",
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column("dials", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("script_id", sa.String(), nullable=True),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("touched_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_unfinished_call")),
    )
