"""Renders entries as the Awesome list."""
