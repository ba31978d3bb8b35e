"""What became of the customers of a month."""
