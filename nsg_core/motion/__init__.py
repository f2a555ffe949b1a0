"""How things move: tracks over time, keys, ways, ground, and who touches whom."""
