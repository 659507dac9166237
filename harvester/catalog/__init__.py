"""Accepted papers as files that people edit and merge, and the list rendered from them.

``entry`` is the record and its text, ``folder`` the files; ``importing`` reads lists, ``rendering`` writes the list,
``export`` other formats and ``site`` the web page; ``check`` validates all of this. No database, no network.
"""
