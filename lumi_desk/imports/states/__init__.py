"""How far an order has come, and whether it came back."""
