"""What a customer has brought so far, and what she is expected to bring in the next 12 months."""
