"""The parts of the state: frozen values, and what can be asked of them."""
