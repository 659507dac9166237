"""The classifier at work: predictions, models, training, backfills."""
