"""Programs for those who work on ShipFrom; none is needed to run it."""
