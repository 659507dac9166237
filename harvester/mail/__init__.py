"""Mail itself: addresses, messages, link tokens, SMTP, bounce reports."""
