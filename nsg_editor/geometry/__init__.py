"""Arithmetic on boxes, rays, poses and rectangles: no state, no toolkit."""
