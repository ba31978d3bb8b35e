"""The half-year clock after a purchase, and its touch plan."""
