"""The catalogue: accepted papers as files made to be read and merged by people, and the list rendered from them.

``entry`` is the record and its text, ``folder`` the files, ``awesome`` reads a list, ``render`` writes one,
``check`` judges both. No database and no network here.
"""
