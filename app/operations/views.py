"""Registers the routes of /beheer by importing their modules."""

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
