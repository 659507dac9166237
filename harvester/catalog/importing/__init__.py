"""Lists and citations of other people, read into entries."""
