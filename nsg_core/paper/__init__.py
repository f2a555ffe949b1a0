"""The model of the paper: planes, class networks, samples in boxes; its original."""
