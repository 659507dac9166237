"""Reads other people's lists and citations into entries."""
