"""Recency, frequency and value of all customers, in fifths."""
