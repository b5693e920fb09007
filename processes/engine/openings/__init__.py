"""Openings: programs outside that may send messages and signals, start processes and do tasks.

Doors: `clients` (make, rotate, disable), `access` (tokens, signing keys, last use), `received`
(each message once), `sending`, `work` (user tasks and cases), `external_tasks` (jobs).
"""
