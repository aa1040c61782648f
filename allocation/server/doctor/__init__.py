"""Looks at everything that a server needs, and tells all that is wrong at once."""
