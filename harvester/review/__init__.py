"""The queue's rules: what decisions lead to, and undoing them. Pure: harvester.jobs.decide reads and writes."""
