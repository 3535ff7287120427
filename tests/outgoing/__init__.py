"""Calls to the outside: the guard, and receivers that behave badly."""
