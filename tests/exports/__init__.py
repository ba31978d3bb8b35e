"""Exports: what may be taken out, in which form, and that it is written down."""
