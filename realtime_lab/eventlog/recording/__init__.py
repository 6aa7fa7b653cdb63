"""Logs on disk: written as they happen, sealed, packed, read again."""
