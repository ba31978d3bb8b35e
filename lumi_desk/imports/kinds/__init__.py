"""What an order is: a sale, goods sent for nothing, or a test; and whether a card paid it."""
