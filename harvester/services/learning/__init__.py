"""Uses of the classifier: predictions, models, training, backfills."""
