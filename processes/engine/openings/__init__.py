"""Openings: programs outside that may send messages and signals, and start processes.

Doors: `clients` (make, rotate, disable, recognise), `received` (each message once), `sending`,
`work` (user tasks and cases).
"""
