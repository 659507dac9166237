"""Checks of everything, each of which says what to do."""
