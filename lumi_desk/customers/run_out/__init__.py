"""When what a customer bought last is used up."""
