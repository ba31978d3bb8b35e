"""Who looks after whom: which rep a customer is given to."""
