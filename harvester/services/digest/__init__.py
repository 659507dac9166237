"""Digests: who is due, what is new for them, sending, previews, the archive."""
