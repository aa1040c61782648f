"""Writes the reference pages: one module per page, and the table of all of them in `pages`."""
