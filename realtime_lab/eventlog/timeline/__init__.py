"""When what was said, sent and played, on one axis."""
