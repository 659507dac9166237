"""The review queue: what a paper's page shows, decisions, reviewers."""
