"""The invented company, and the driver that shows the program at work."""
