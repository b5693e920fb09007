"""The notices of outages on every page, read at most four times a minute by each process."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from app.web.db import separate_reading
from processes.base import now
from processes.dutch import moment_in_words
from processes.platform.outages import to_tell

log = logging.getLogger(__name__)

READ_EVERY = timedelta(seconds=15)
KEPT = "outages"


@dataclass(frozen=True)
class Told:
    """One notice, as pages show it."""

    text: str
    starts_at: datetime
    ends_at: datetime

    @property
    def sentence(self) -> str:
        """What is told, and until when."""
        return f"{self.text} Deze melding staat er tot {moment_in_words(self.ends_at)}."


@dataclass
class _Kept:
    read_at: datetime
    notices: list[Told] = field(default_factory=list)


def init_outages(app: Flask) -> None:
    """Give every page what is told now."""
    app.context_processor(lambda: {"outages": told_now})


def told_now() -> list[Told]:
    """The notices of this moment; none where the database is away."""
    moment = now()
    kept: _Kept | None = current_app.extensions.get(KEPT)
    if kept is None or not kept.read_at <= moment < kept.read_at + READ_EVERY:
        kept = _Kept(moment, _read())
        current_app.extensions[KEPT] = kept
    return [each for each in kept.notices if each.starts_at <= moment < each.ends_at]


def read_anew() -> None:
    """Forget what was read: this process knows that it changed."""
    current_app.extensions.pop(KEPT, None)


def _read() -> list[Told]:
    try:
        with separate_reading() as session:
            return [Told(each.text, each.starts_at, each.ends_at) for each in to_tell(session)]
    except SQLAlchemyError as error:
        log.warning("outages cannot be read", extra={"error": type(error).__name__})
        return []
