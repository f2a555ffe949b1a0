"""The built-in street: shapes, textures, layout and rendering of a synthetic drive.

Shapes stand on the ground at y = 0 with y pointing down, so heights are negative.
"""
