"""Log lines by structlog: JSON in production, for people elsewhere; no form values, no names.

What code hands over in `extra`, and what a request or a job has bound with structlog.contextvars,
stands behind every event.
"""

import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError
from structlog.contextvars import merge_contextvars
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import JSONRenderer, TimeStamper
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import EventDict, Processor, WrappedLogger

from processes.platform.settings import Profile, current_settings

_ROOT = Path(__file__).parents[2]
_FACTS: tuple[Processor, ...] = (merge_contextvars, ExtraAdder())


def json_lines() -> logging.Formatter:
    """One JSON object per event: for what gathers logs. Of an exception its type and place alone.

    The text of an exception may hold what somebody typed, such as an e-mail address.
    """
    return ProcessorFormatter(
        foreign_pre_chain=_FACTS,
        processors=[_private, JSONRenderer(ensure_ascii=False, default=str)],
    )


def lines_for_people() -> logging.Formatter:
    """`2026-01-31 12:00:00 [warning] lease lost [workers.run_job] job_id=…`, the trace below it."""
    return ProcessorFormatter(
        foreign_pre_chain=(*_FACTS, add_log_level, add_logger_name),
        processors=[
            TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False),
            _on_one_line,
            ProcessorFormatter.remove_processors_meta,
            ConsoleRenderer(
                colors=False,
                pad_event_to=0,
                pad_level=False,
                sort_keys=False,
                exception_formatter=plain_traceback,  # where rich is, it would show variables
            ),
        ],
    )


def _private(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """What an event is, without the texts of libraries and exceptions, which we do not know."""
    record: logging.LogRecord = event.pop("_record")
    error = (event.pop("exc_info", None) or (None, None))[1]
    kept = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "event": event.pop("event") if _is_ours(record.name) else str(record.msg),
    }
    # Another handler may have put these two on the record: the message with its values.
    left_out = {"event", "_from_structlog", "stack_info", "message", "asctime"}
    facts = {name: value for name, value in event.items() if name not in left_out}
    return {**kept, **facts, **(_exception(error) if error else {})}


def _on_one_line(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["event"] = event["event"].replace("\r", "\\r").replace("\n", "\\n")
    return event


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] in {"app", "workers", "forms", "processes"}


def _exception(error: BaseException) -> EventDict:
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
    handler.setFormatter(json_lines() if _is_production() else lines_for_people())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for chatty in ("alembic", "waitress", "celery", "mail.log", "flufl.bounce"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _is_production() -> bool:
    try:
        return current_settings().profile is Profile.PRODUCTION
    except ValidationError:
        return False  # the command says what is wrong with the settings
