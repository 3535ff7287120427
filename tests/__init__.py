"""Every test: rules by table, stories through HTTP, adapters on the real servers."""
