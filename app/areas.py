"""The areas of the web: their modules are found, so that no module lists another's routes."""

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module

from flask import Blueprint

AREAS = (
    "start",
    "auth",
    "api",
    "tasks",
    "begin",
    "offers",
    "catalogue",
    "portfolio",
    "account",
    "registrar",
    "studio",
    "operations",
)
LATE = (
    "app.api.token_server",
    "app.auth.clients",
    "app.auth.id_tokens",
    "app.catalogue.calendars",
    "app.portfolio.pdf",
)
"""They add no routes, and load large libraries: imported by whoever first needs them."""


@cache
def blueprints() -> tuple[Blueprint, ...]:
    """Every blueprint of every area, once, after all modules that add routes to it."""
    modules = [import_module(name) for area in AREAS for name in _modules(f"app.{area}")]
    found = (vars(module).get("bp") for module in modules)
    return tuple(dict.fromkeys(each for each in found if isinstance(each, Blueprint)))


def _modules(package: str) -> Iterator[str]:
    path = import_module(package).__path__
    found = (each.name for each in pkgutil.walk_packages(path, f"{package}."))
    return (name for name in found if name not in LATE)
