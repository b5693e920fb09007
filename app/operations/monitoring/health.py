"""/healthz and /readyz for load balancers and monitoring; no secrets, no names."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

import redis
from flask import jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.operations.blueprint import bp
from app.web.access import public
from app.web.db import db
from processes.base import now
from processes.platform import room
from processes.platform.settings import current_settings

PATIENCE = 2  # seconds
WELL, AWAY, UNWRITABLE = "ok", "onbereikbaar", "kan niet schrijven"


class _Silence:
    """Since when each part did not answer this process."""

    since: ClassVar[dict[str, datetime]] = {}

    @classmethod
    def note(cls, name: str, *, is_well: bool) -> None:
        if is_well:
            cls.since.pop(name, None)
        else:
            cls.since.setdefault(name, now())


def _database() -> str:
    try:
        db.session().execute(text("SELECT 1"))
    except SQLAlchemyError:
        return AWAY
    return WELL if room.can_write(db.engine) else UNWRITABLE


def _broker() -> str:
    client = redis.Redis.from_url(
        current_settings().redis_url,
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
    )
    try:
        return WELL if client.ping() else AWAY
    except redis.RedisError:
        return AWAY
    finally:
        client.close()


def _answer(parts: dict[str, Callable[[], str]]) -> ResponseReturnValue:
    state = {name: ask() for name, ask in parts.items()}
    for name, found in state.items():
        _Silence.note(name, is_well=found == WELL)
    well = all(found == WELL for found in state.values())
    body: dict[str, Any] = {"status": "ok" if well else "fout", **state}
    if room.is_nearly_full(db.engine):
        body["waarschuwing"] = "de schijf van de database is bijna vol"
    since = {name: _Silence.since[name].isoformat() for name in parts if name in _Silence.since}
    if since:
        body["sinds"] = since
    response = jsonify(body)
    response.headers["Cache-Control"] = "no-store"
    return response, 200 if well else 503


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """The health of all parts; 503 when one does not answer."""
    return _answer({"database": _database, "broker": _broker})


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Whether this process can serve pages; it can without a broker (R69).

    If not, the answer names the part, and since when this process misses it.
    """
    return _answer({"database": _database})
