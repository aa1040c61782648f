"""Lines that are alike are searched over as one line, of which so many are wanted."""
