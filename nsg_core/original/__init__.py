"""The original code's weights, configurations and exact rules; compatibility lives here."""
