"""Recharge cards: accounts and entries."""
