"""Compensation and cancelled transactions: the record of what was completed, and how it is undone.

Its doors are `task_specs` (what undoes) and `completions` (the record).
"""
