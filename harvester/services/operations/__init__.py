"""Running the program: the nightly run, scheduled jobs, alerts, status, backups, doctor, demo."""
