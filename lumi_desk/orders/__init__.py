"""What was sold, and what reps say they sold."""
