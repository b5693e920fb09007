"""Offers ("activiteiten"): their rules, what providers do with them, and the overview of them.

The doors are `rules` (states, visibility, completeness) and `offers` (make, edit, publish, end).
"""

from processes.register.offers import indexing  # whoever writes offers keeps the search index

__all__ = ["indexing"]
