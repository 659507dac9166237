"""Query the sources and store their answers: nightly, for audits, and for proposed papers."""
