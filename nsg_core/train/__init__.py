"""Training: batches, losses, and the loop as a generator of reports."""
