"""Running it: the night, scheduled jobs, alerts, status, backups, doctor, demo."""
