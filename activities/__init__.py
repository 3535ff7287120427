"""By whose hand: every method is one idempotent effect on the world, reached through a port."""
