"""Messages, signals and timers: correlated, buffered, delivered to who waits, and fired.

Doors: `messages` (from outside), `delivery` (a step and what follows from it), `timers`.
"""
