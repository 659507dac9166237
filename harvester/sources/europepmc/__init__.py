"""Europe PMC: PubMed, PubMed Central, and the preprints of medRxiv, bioRxiv and others, by one search."""
