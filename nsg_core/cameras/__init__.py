"""Where cameras are: mountings, splines, and paths of key frames."""
