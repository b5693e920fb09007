"""Scenarios: runs with their expected end, kept with a process; the gate runs them.

The doors are `running` (run them on a diagram) and `store` (keep, accept anew, drop).
"""
