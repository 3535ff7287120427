"""How Bihuan is put on a machine: the embedded stack, and the sample that it loads."""
