"""The mistakes in a log, as a report."""
