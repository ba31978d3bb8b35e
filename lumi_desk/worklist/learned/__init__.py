"""What calls have taught about whom to call first."""
