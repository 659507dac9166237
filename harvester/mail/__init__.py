"""Mail: messages, link tokens, SMTP, bounce reports."""
