"""Mail itself: addresses, messages, link tokens, the SMTP connection and reports of returned mail."""
