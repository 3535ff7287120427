"""What is true and what is allowed: pure rules and values, the standard library only."""
