"""Whether a server is alive, and whether it can do its work."""
