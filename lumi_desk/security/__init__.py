"""Who may do and see what, and where secrets lie."""
