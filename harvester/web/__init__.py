"""Pages, forms and the API: parses, calls a service, shows. Public pages, links in mails, and the review pages."""
