"""The ``bihuan`` command line, one module per command."""
