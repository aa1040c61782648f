"""ShipFrom routing."""
