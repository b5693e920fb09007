"""One line per event, with the facts of `extra` behind it; no line carries form values or names."""

import json
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from processes.platform.settings import Profile, current_settings

_KNOWN = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_ROOT = Path(__file__).parents[2]
_bound: ContextVar[dict[str, Any] | None] = ContextVar("bound", default=None)


@contextmanager
def bound(**facts: Any) -> Iterator[None]:
    """Put these facts behind every line that is logged meanwhile, by us or by a library."""
    token = _bound.set({**(_bound.get() or {}), **facts})
    try:
        yield
    finally:
        _bound.reset(token)


def bind(**facts: Any) -> None:
    """The same, until the end of this thread's context: for a request, that begins by `forget`."""
    _bound.set({**(_bound.get() or {}), **facts})


def forget() -> None:
    """Bind nothing any more."""
    _bound.set(None)


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    own = {name: value for name, value in vars(record).items() if name not in _KNOWN}
    return {**(_bound.get() or {}), **own}


class OneLine(logging.Formatter):
    """`2026-01-31 12:00:00 WARNING workers.run_job lease lost job_id=…`: for people."""

    def format(self, record: logging.LogRecord) -> str:
        facts = [f" {name}={value}" for name, value in _facts(record).items()]
        first, *trace = super().format(record).split("\n")
        line = (first + "".join(facts)).replace("\r", "\\r").replace("\n", "\\n")
        return "\n".join([line, *(f"    {part}" for part in trace)])


class JsonLine(logging.Formatter):
    """One JSON object per event: for what gathers logs. Of an exception its type and place alone.

    The text of an exception may hold what somebody typed, such as an e-mail address.
    """

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage() if _is_ours(record.name) else str(record.msg),
            **_facts(record),
        }
        if record.exc_info and record.exc_info[1]:
            event |= _exception(record.exc_info[1])
        return json.dumps(event, ensure_ascii=False, default=str)


def _is_ours(name: str) -> bool:
    """What a library puts into its message, we do not know."""
    return name.partition(".")[0] in {"app", "workers", "forms", "processes"}


def _exception(error: BaseException) -> dict[str, Any]:
    return {
        "exception": type(error).__name__,
        "frames": [
            f"{_short(frame.filename)}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ],
    }


def _short(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) else path.name


def log_to_stderr() -> None:
    """Log what is worth an operator's attention: JSON in production, lines for people elsewhere."""
    handler = logging.StreamHandler()
    handler.setFormatter(_formatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for chatty in ("alembic", "waitress", "celery", "mail.log", "flufl.bounce"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _formatter() -> logging.Formatter:
    try:
        profile = current_settings().profile
    except ValidationError:
        profile = Profile.DEMO  # the command says what is wrong with the settings
    if profile is Profile.PRODUCTION:
        return JsonLine()
    return OneLine("%(asctime)s %(levelname)s %(name)s %(message)s")
