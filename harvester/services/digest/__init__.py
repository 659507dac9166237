"""Digests: who is due, composing, sending, the archive."""
