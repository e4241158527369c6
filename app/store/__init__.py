"""The store: tables and plain query functions on a session. Everything here is ``def``.

Only ``engine.py`` knows SQLite from PostgreSQL. Nobody in here commits: one unit of work is one
transaction, opened by whoever called ``Database.in_transaction``.
"""
