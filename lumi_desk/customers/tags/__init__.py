"""Tags of customers: given by hand, or by the manager's rules."""
