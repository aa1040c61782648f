"""Lines of which only one ships: the ordered item, or one of its substitutes."""
