"""Multi-instance and loop activities: their rounds, and what is thrown after each.

Doors: `loops` (the task specs), `rounds` (the round that a token is in).
"""
