"""Compatibility with the original code: its weights, configurations, exact rules."""
