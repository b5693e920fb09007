"""Operators' changes to running instances: retry, suspend, modify by hand, migrate, undo.

Doors: `retries` (incidents in bulk), `suspension`, `modification` (move, skip, repeat a token),
`snapshots` (undo), `migration.runs` (to another version; one instance: `migration.single`).
"""
