"""Parcels: how the contents of one shipment are divided, and what that costs."""
