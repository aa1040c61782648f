"""Conditions in CEL: what they may ask about, how they are checked, how they are answered."""
