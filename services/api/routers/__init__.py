"""Routes, one module per thing that people know."""
