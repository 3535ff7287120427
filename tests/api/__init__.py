"""The REST API from outside: what it promises, what it refuses, and how it behaves when something is away."""
