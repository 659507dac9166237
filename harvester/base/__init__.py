"""Clock, files, locks, escaping and errors: nothing here knows what a paper is."""
