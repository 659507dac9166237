"""Records and the rules on them: no SQL, no files, no network."""
