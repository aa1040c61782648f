"""Promises: from the moment of an order to a ship date and a delivery date range.

Order time, working calendar, cutoff, processing days and pickup days give the
ship date (`ship_date`); transit in business days gives the delivery range
(`delivery`); `promise` does both for many lanes at once.
"""
