"""Backing up a store, restoring it, and copying it to another database."""
