"""The three linked views, and what is drawn over their pictures."""
