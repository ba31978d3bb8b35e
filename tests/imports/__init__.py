"""Files in, customers and orders out."""
