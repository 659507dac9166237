"""Ask the sources and keep their answers: nightly, for audits, and for proposed papers."""
