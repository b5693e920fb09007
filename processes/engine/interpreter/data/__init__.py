"""Variables of a live instance: scopes, data objects, the merge at a join, and what is seen where.

The doors are `scopes` (local variables), `joins` (the merge) and `variables` (what is seen).
"""
