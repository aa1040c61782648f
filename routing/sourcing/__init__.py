"""The sourcing problem: one order as arrays, and how it is built.

Everything an optimizer may know about an order stands in a
`SourcingProblem`; everything it needs to know about geography, rates,
promises and policy has been turned into integers by then.
"""
