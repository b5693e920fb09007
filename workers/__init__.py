"""Background work: Celery workers perform jobs, a scheduler sweeps, clients talk to other systems.

Doors: `enqueue` (commit and wake a worker), `run_job` (perform one job), `schedule` (the sweep),
`registry` (service tasks by topic).
"""
