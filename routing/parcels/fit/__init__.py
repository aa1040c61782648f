"""Whether things fit into a carton: bounds, quick placements, exact search.

Everything is a cuboid that may be turned by right angles; one that must stay this side up
turns about the vertical only. Things may stand anywhere in the carton, also with nothing
under them: void fill holds them.
"""
