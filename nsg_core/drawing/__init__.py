"""Pictures from coarse to fine, and what an edit leaves of them."""
