"""Subscriptions: opt-in, preferences, import and export, returned mail."""
