"""What comes up over everything: dialogs, the palette, the list of keys."""
