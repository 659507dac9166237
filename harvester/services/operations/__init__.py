"""Running the program: the night, scheduled jobs, alerts, status, backups, doctor, demo."""
