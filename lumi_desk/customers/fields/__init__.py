"""What a rep may change of a customer, and when two changes clash."""
