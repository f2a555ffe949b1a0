"""A user's work as files: projects, edits, tracks, flights; versioned and strict."""
