"""How desk and hub come to hold the same."""
