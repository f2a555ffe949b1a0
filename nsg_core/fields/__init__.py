"""Radiance fields: positions and directions in, densities and colours out."""
