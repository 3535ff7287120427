"""Documents: what is in them, how they look, and what cannot be smuggled into them."""
