"""Checking and cleaning of uploaded files.

``inspect`` is the door. Nothing here looks into a file outside the child process that ``child`` runs in.
"""
