"""What the history and the rows tell: history, progress, statistics, and why an instance waits.

Read-only. Doors: `history`, `timeline`, `progress`, `statistics`, `why_waiting`, `stuck`.
"""
