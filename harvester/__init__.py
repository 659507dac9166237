"""Harvests cardiovascular-AI papers, queues them for review and publishes the accepted ones."""

__version__ = "1.1.0"
