"""What deserves a look in a rule set that can be used: contradictions, and rules without effect."""
