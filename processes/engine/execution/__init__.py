"""Running process instances: start, complete, correlate, fire, retry; one transaction per step.

Doors: `instances` (start, complete, cancel), `events.messages` (correlate), `events.timers` (fire),
`jobs` (claim, finish, fail), `incidents` (retry), `bulk` (many at once). Callers commit.
"""
