"""The fast model: hash grids on kernels, its twin in plain torch, what it skips."""
