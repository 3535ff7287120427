"""The system of record: hand-written SQL next to the function that binds it, one module per feature."""
