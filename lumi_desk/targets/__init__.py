"""What should be sold, and how far we are."""
