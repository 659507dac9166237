"""The review queue: reading it, one paper in full, decisions, batches, reviewers."""
