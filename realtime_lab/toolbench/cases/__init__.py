"""Saved cases: calls and what should come of them, run as a test."""
