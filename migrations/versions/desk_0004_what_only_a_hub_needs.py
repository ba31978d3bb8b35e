"""a desk does without the keys and indexes that only a hub needs"""

import sqlalchemy as sa
from alembic import op

revision = "desk_0004"
down_revision = "desk_0003"
branch_labels = None
depends_on = None

_INDEXES = {
    "customer": ("rep_id", "pool"),
    "order": ("number",),
    "order_line": ("order_id",),
    "sale": ("rep_id",),
    "contact": ("rep_id",),
    "fact": ("source",),
}
_KEYS = {"identity": "uq_identity_kind_scope_value", "order": "uq_order_key"}


def upgrade() -> None:
    for table, columns in _INDEXES.items():
        for column in columns:
            op.drop_index(f"ix_{table}_{column}", table)
    for table, key in _KEYS.items():
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(key, type_="unique")
    # Of what is held only children are found by their customer.
    op.drop_index("ix_held_stream_root", "held")
    where = sa.text("root <> pk")
    op.create_index("ix_held_stream_root", "held", ["stream", "root"], sqlite_where=where)
