"""With what: drivers of the world outside, fitting the ports by shape."""
