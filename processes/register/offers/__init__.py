"""Offers ("activiteiten"): their rules, what providers do with them, and the overview of them.

The doors are `rules` (states, visibility, completeness) and `offers` (make, edit, publish, end).
"""

from processes.register.offers import begin_dates  # what old code writes reads as runs
from processes.register.offers.search import indexing  # whoever writes keeps the search index

__all__ = ["begin_dates", "indexing"]
