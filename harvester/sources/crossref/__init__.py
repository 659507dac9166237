"""Crossref: the venues a list lives on, and the place where a DOI is looked up."""
