"""The editor: state as a value, pure actions, and a window at the edge."""
