"""Chaos: seeded faults under load, with a journal of what was acknowledged as the oracle."""
