"""Composition roots: each process reads its settings once and wires adapters to the rules."""
