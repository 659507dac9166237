"""The web server: public pages and the links in mails. Thin: what they do is in harvester.services."""
