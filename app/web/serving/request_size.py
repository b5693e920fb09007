"""How large a request may be: forms with files more than all others."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request

View = TypeVar("View", bound=Callable[..., Any])

MEGABYTE = 1024 * 1024
WITH_FILES = 25 * MEGABYTE  # one file of the largest size that a field may ask for, and some


def takes_files(view: View) -> View:
    """Decorator: files may come along with the form that this view receives."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def init_request_size(app: Flask) -> None:
    """Set the limit before anything reads the body."""
    app.before_request(_allow_files)


def _allow_files() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "takes_files", False):
        request.max_content_length = WITH_FILES


def largest_request() -> int:
    """How many megabytes this request may hold."""
    return (request.max_content_length or 0) // MEGABYTE
