"""Search that understands Dutch: offers become sets of keys, a question asks for some of them.

One analyser (`analyser`) makes the keys in Python; the databases only intersect and unite sets, so
that SQLite and PostgreSQL give the same answer (docs/adr/0016-search.md).
"""
