"""Exports of everything that is kept about a provider, a teacher or a person (AVG articles 15, 20).

Begin with `asking.py` (who asks, the table, when an export expires); `contents.py` gathers what is
exported of each kind; `archive.py` writes the ZIP file.
"""
