"""Entries rendered as the Awesome list."""
