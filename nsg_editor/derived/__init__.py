"""What follows from the state, worked out by pure functions."""
