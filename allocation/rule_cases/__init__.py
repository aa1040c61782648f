"""Cases: what a team expects of its rule set, tried with the engine that decides live."""
