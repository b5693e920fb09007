"""/metrics for Prometheus; only from this machine, or with the token of the settings."""

import ipaddress
import re
import secrets
import time

from flask import Response, abort, current_app, g, request
from flask.typing import ResponseReturnValue
from structlog.contextvars import bind_contextvars, clear_contextvars

from app.operations.blueprint import bp
from app.operations.monitoring.collectors import (
    exposition,
    replays_verified,
    request_seconds,
    requests_total,
)
from app.web.access import public
from app.web.db import db
from processes.engine.execution.turns.verifying import verifying
from processes.platform.settings import current_settings

UNKNOWN = "none"  # pages that do not exist: one label, whatever somebody makes up
PROXY_HEADER = re.compile(
    r"forwarded|via|x-(original-)?forwarded.*|x-real-ip|(x-)?(true-|cluster-|fastly-)?client-ip"
    r"|cf-connecting-ip|x-envoy-.*",
    re.IGNORECASE,
)
"""What a proxy tells of whom it asks for, one of which is enough."""
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})


def _count_replay(is_same: bool) -> None:  # noqa: FBT001 - all that is told
    replays_verified.labels("same" if is_same else "different").inc()


verifying.listeners.append(_count_replay)


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    if not _may_ask():
        abort(404)
    engine = current_app.extensions["reading_engine"]
    text = exposition(db.session(), engine)
    return Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_ask() -> bool:
    """With the token when there is one; otherwise from this machine, and not through a proxy."""
    token = current_settings().metrics_token
    if token is not None:
        given = request.headers.get("Authorization", "")
        return secrets.compare_digest(given.encode(), f"Bearer {token.get_secret_value()}".encode())
    if any(PROXY_HEADER.fullmatch(name) for name in request.headers.keys()):  # noqa: SIM118
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:  # a socket of this machine: it is a proxy that asks there
        return False


@bp.before_app_request
def _begin() -> None:
    g.began = time.perf_counter()
    g.request_id = secrets.token_hex(8)
    clear_contextvars()
    bind_contextvars(request_id=g.request_id)


@bp.after_app_request
def _count(response: Response) -> Response:
    endpoint = request.endpoint or UNKNOWN
    method = request.method if request.method in METHODS else UNKNOWN
    requests_total.labels(endpoint, method, str(response.status_code)).inc()
    if "began" in g:
        request_seconds.labels(endpoint).observe(time.perf_counter() - g.began)
        response.headers["X-Request-ID"] = g.request_id
    return response
