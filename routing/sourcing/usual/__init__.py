"""The short way to the sourcing problem of a usual order.

Most orders are a few plain lines that ship at once to a door, in a network whose rules only
say who may ship. Nearly all of their problem is the same for every such order to a
destination, and is put together from what was worked out before. The problem is equal to
the one that `routing.sourcing.build` makes the long way, which all other orders take.
"""
