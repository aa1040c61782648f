"""Orders too large to enumerate: bounds by column generation, exact search over locations."""
