"""Who are you: accounts, sessions, a provider of identity, and links for outsiders, through HTTP."""
