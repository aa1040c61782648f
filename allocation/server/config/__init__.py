"""Settings from a file, the environment and options: read, checked, and where each came from."""
