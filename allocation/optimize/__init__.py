"""The optimizer: where every unit ships from, at what cost, and what is proven of it."""
