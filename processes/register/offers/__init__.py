"""Offers ("activiteiten"): their rules, what providers do with them, and the overview of them.

The doors are `rules` (states, visibility, completeness) and `offers` (make, edit, publish, end).
"""
