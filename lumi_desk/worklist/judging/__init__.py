"""How good an order of calls was, once they were made."""
