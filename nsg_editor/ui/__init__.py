"""The window; the only place that imports dearpygui."""
