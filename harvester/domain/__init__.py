"""Records and the rules that govern them: no SQL, no files, no network."""
