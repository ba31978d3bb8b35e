"""How records are kept: encrypted files, PostgreSQL, transactions."""
