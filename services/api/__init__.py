"""The REST API: an ordinary ASGI process; parses, asks who is there, and calls the rules by their names."""
