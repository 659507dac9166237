"""Pages, forms and the API: parse, call a service, show. Public pages, the links in mails, and the review pages."""
