"""Letting go of what is old, beside the calls."""
