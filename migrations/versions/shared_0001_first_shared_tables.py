"""first shared tables"""

import sqlalchemy as sa
from alembic import op

revision = "shared_0001"
down_revision = None
branch_labels = ("shared",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bundle",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("items", sa.String(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("list_fen", sa.BigInteger(), nullable=False),
        sa.Column("high_margin", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("pools", sa.String(), server_default="", nullable=False),
        sa.Column("grades", sa.String(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundle")),
    )
    op.create_table(
        "callback",
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("rep_id", sa.String(), nullable=False),
        sa.Column("contact_id", sa.String(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(), server_default="", nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback")),
    )
    with op.batch_alter_table("callback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_callback_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "card_entry",
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("principal_fen", sa.BigInteger(), nullable=False),
        sa.Column("bonus_fen", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("plan_id", sa.String(), nullable=True),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("sale_id", sa.String(), nullable=True),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_entry")),
    )
    with op.batch_alter_table("card_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_card_entry_customer_id"), ["customer_id"], unique=False
        )

    op.create_table(
        "card_plan",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value_fen", sa.BigInteger(), nullable=False),
        sa.Column("bonus_fen", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("gift", sa.String(), server_default="", nullable=False),
        sa.Column("gift_fen", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_plan")),
    )
    op.create_table(
        "complaint",
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("rep_id", sa.String(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("replied_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("remedy", sa.String(), server_default="", nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
    )
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_complaint_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "contact",
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("rep_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.Column("talk_seconds", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("wrap_up_seconds", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("dials", sa.String(), nullable=False),
        sa.Column("disposition", sa.String(), nullable=False),
        sa.Column("attitude", sa.String(), server_default="", nullable=False),
        sa.Column("script_id", sa.String(), nullable=True),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("offers", sa.String(), nullable=False),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column("case", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_contact_customer_id_started_at"),
            ["customer_id", "started_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_contact_rep_id"), ["rep_id"], unique=False)

    op.create_table(
        "customer",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("pinyin", sa.String(), server_default="", nullable=False),
        sa.Column("initials", sa.String(), server_default="", nullable=False),
        sa.Column("phone", sa.String(), server_default="", nullable=False),
        sa.Column("wangwang", sa.String(), server_default="", nullable=False),
        sa.Column("wechat", sa.String(), server_default="", nullable=False),
        sa.Column("wechat_state", sa.String(), server_default="none", nullable=False),
        sa.Column("city", sa.String(), server_default="", nullable=False),
        sa.Column("member_since", sa.String(), nullable=True),
        sa.Column("birthday", sa.String(), nullable=True),
        sa.Column("allergy", sa.String(), server_default="", nullable=False),
        sa.Column("household", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("rep_id", sa.String(), nullable=True),
        sa.Column("pool", sa.String(), server_default="0", nullable=False),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("line", sa.String(), nullable=True),
        sa.Column("relationship", sa.String(), nullable=True),
        sa.Column("first_paid_at", sa.BigInteger(), nullable=True),
        sa.Column("last_paid_at", sa.BigInteger(), nullable=True),
        sa.Column("rhythm_days", sa.BigInteger(), nullable=True),
        sa.Column("year_fen", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("year_orders", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
    )
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_pool"), ["pool"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_rep_id"), ["rep_id"], unique=False)

    op.create_table(
        "disposition",
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("zh", sa.String(), nullable=False),
        sa.Column("en", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposition")),
    )
    op.create_table(
        "fact",
        sa.Column("rep_id", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("fen", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("units", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("customer_key", sa.String(), server_default="", nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
    )
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fact_rep_id_day"), ["rep_id", "day"], unique=False)
        batch_op.create_index(batch_op.f("ix_fact_source"), ["source"], unique=False)
        batch_op.create_index(batch_op.f("ix_fact_team_id_day"), ["team_id", "day"], unique=False)

    op.create_table(
        "identity",
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), server_default="", nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("source", sa.String(), server_default="", nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
        sa.UniqueConstraint("kind", "scope", "value", name=op.f("uq_identity_kind_scope_value")),
    )
    with op.batch_alter_table("identity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identity_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "note",
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("rep_id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_note_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "order",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("number", sa.String(), server_default="", nullable=False),
        sa.Column("rounded", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("shop", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), server_default="tmall", nullable=False),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("nick", sa.String(), server_default="", nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("status_words", sa.String(), server_default="", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("paid_at", sa.BigInteger(), nullable=True),
        sa.Column("goods_fen", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("postage_fen", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_fen", sa.BigInteger(), nullable=False),
        sa.Column("refund_fen", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("by_card", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("title", sa.String(), server_default="", nullable=False),
        sa.Column("province", sa.String(), server_default="", nullable=False),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order")),
        sa.UniqueConstraint("key", name=op.f("uq_order_key")),
    )
    with op.batch_alter_table("order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_order_number"), ["number"], unique=False)

    op.create_table(
        "order_line",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("code", sa.String(), server_default="", nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), server_default="", nullable=False),
        sa.Column("status_words", sa.String(), server_default="", nullable=False),
        sa.Column("line", sa.String(), server_default="", nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
    )
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_order_line_customer_id"), ["customer_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_order_line_order_id"), ["order_id"], unique=False)

    op.create_table(
        "person",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=True),
        sa.Column("trainee_since", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_team_id"), ["team_id"], unique=False)

    op.create_table(
        "product",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), server_default="", nullable=False),
        sa.Column("high_margin", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(), server_default="", nullable=False),
        sa.Column("days_per_unit", sa.BigInteger(), server_default="30", nullable=False),
        sa.Column("allergens", sa.String(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("cost_fen", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("code", name=op.f("uq_product_code")),
    )
    op.create_table(
        "refusal",
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("rep_id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.String(), server_default="", nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal")),
    )
    with op.batch_alter_table("refusal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refusal_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "sale",
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("rep_id", sa.String(), nullable=False),
        sa.Column("contact_id", sa.String(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("gift", sa.String(), server_default="", nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="claimed", nullable=False),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sale")),
    )
    with op.batch_alter_table("sale", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sale_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sale_rep_id"), ["rep_id"], unique=False)

    op.create_table(
        "script",
        sa.Column("situation", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_script")),
    )
    with op.batch_alter_table("script", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_script_situation"), ["situation"], unique=False)

    op.create_table(
        "setting",
        sa.Column("rule_set", sa.String(), nullable=False),
        sa.Column("effective", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting")),
    )
    with op.batch_alter_table("setting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_setting_rule_set"), ["rule_set"], unique=False)

    op.create_table(
        "skip",
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("rep_id", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skip")),
    )
    with op.batch_alter_table("skip", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_skip_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "target",
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("rep_id", sa.String(), server_default="", nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.UniqueConstraint(
            "month",
            "team_id",
            "rep_id",
            "measure",
            name=op.f("uq_target_month_team_id_rep_id_measure"),
        ),
    )
    with op.batch_alter_table("target", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_target_team_id"), ["team_id"], unique=False)

    op.create_table(
        "team",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
    )
