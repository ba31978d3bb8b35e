"""Taking lists out of the program: who may, how much, and that it is written down."""
