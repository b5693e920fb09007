"""User tasks that open: for whom, by when, and whom their expressions name.

Doors: `opening` (the row of a task), `people` (who began an instance, and who did what in it).
"""
