"""Ways in besides the mouse: plays, the control socket, the palette, the log."""
