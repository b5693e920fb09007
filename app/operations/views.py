"""The operator's pages: what runs, what went wrong, and trying again; and the health of Loket."""

from app.operations import (
    dashboard,
    health,
    incidents,
    instance_actions,
    instance_page,
    instances,
    jobs,
    metrics,
    names,
    token_actions,
    tracing,
)
from app.operations.blueprint import bp

__all__ = [
    "bp",
    "dashboard",
    "health",
    "incidents",
    "instance_actions",
    "instance_page",
    "instances",
    "jobs",
    "metrics",
    "names",
    "token_actions",
    "tracing",
]
