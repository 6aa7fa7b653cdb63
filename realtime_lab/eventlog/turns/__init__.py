"""Which events belong to one turn, and what they say together."""
