"""Every question to a log, and its answer as a table."""
