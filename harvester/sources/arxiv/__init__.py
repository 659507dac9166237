"""arXiv's services: the query API, announcement feeds, OAI-PMH, metadata snapshot and calendar."""
