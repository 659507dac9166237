"""The reference, written from the code: configuration keys, commands, tables, JSON documents, web addresses.

Each module generates Markdown from the program itself: the comments in the default settings and in the tables, the help
of the commands, and documents that the commands print. `docs/hooks.py` puts it into the pages of `docs/reference/`.
"""
