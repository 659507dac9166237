"""The working memory: tables, migrations, and the few functions that read and write them.

Open it with ``engine.open_store``; read inside ``with read(store) as db`` and write inside ``with write(store) as db``.
"""
