"""What can be done to a scene: frozen edits, each a function from scene to scene."""
