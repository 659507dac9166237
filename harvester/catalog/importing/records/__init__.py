"""Reads what a repository says about how to cite it: BibTeX, CITATION.cff, and the links in its README."""
