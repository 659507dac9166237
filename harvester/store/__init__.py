"""The database: tables, migrations, and the functions that read and write them.

Open it with ``engine.open_store``; read inside ``with read(store) as db`` and write inside ``with write(store) as db``.
"""
