"""ShipFrom allocation."""
