"""Sources asked and their answers kept: nights, audits, proposed papers."""
