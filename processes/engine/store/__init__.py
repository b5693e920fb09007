"""The tables of the engine and the statements on them; no other package knows columns.

Doors: `models` (the tables), `rows` (what a step reads and writes), `job_rows` (what a worker
does), `beginnings` (the first row of an instance).
"""
