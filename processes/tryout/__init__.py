"""Trying out a diagram with made-up data: runs, scenarios, replay, and the deployment gate.

Doors: `sandbox` (play a run in a subprocess), `scenarios`, `gate`, `replay`.
"""
