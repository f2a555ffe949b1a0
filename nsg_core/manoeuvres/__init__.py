"""Manoeuvres: what whole traffic can be told to do, as edits with parameters."""
