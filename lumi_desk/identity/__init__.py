"""Whether two customers are one person: what speaks for it, and the links that were made."""
