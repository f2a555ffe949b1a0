"""Data sets: one file, one format; text to typed records to a Sequence."""
