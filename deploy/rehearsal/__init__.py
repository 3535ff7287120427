"""Rehearsal (推演): the real engine, workflows and policy, played through a scenario with skipped time.

Invariant: it happens on servers of its own in a folder of its own; nothing of a running system is read or touched.
"""
