"""What both SQL stores keep in the same words: decisions, the network, and letting go."""
