"""The moments of a turn, and how long it took from one to the next."""
