"""What looks wrong in an edited drive, and what mends it."""
