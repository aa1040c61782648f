"""Who calls, what they may do, how often, and what stays on record of it."""
