"""Harvests cardiovascular-AI papers, queues them for review and publishes the accepted ones."""

__version__ = "0.1.0"
