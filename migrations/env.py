"""Runs the migrations on the connection it is handed. Imports nothing of ours."""

from alembic import context

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=attributes["metadata"],
    include_object=attributes.get("include_object"),
    compare_type=attributes.get("compare_type", True),
    render_item=attributes.get("render_item"),
    render_as_batch=True,
    version_table="schema_revision",
)
with context.begin_transaction():
    context.run_migrations()
