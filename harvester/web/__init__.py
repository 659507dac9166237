"""Pages, forms and the API: they parse, call a service, and show the result. Public pages, the links in mails, and the review pages."""
