"""What is known of a customer before she is called."""
