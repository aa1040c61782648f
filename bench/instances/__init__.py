"""Sourcing problems of the optimizer benchmark: real geography, real rates, declared weights."""
