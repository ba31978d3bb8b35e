"""The rep's desk."""
