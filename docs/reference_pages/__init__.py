"""The reference, written from the code: configuration keys, commands, tables, JSON documents, web addresses.

Each module makes Markdown of what the program itself says: the comments of config.toml and of the tables, the help of
the commands, documents that the commands print. `docs/hooks.py` puts it into the pages of `docs/reference/`.
"""
