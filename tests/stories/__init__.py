"""The hazard loop as its users meet it: HTTP in front, the real engine and PostgreSQL behind."""
