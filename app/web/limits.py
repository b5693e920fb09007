"""Rate limits, counted in the broker for all web processes together (threat 10).

A person who is signed in has counts of their own. Visitors share those of their address, which are
`CROWD` times as high: behind one address may sit a school. Where the broker is away, each process
counts by itself: no request fails for it.
"""

import logging
import time
from collections.abc import Callable
from enum import StrEnum
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request
from flask_limiter import Limiter
from limits import parse
from limits.storage import RedisStorage
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.web.access import signed_in_user
from processes.platform.settings import Settings
from processes.reading.file_kinds import MEGABYTE

log = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Any])

CROWD = 20  # people behind one address
PATIENCE = 0.3  # seconds for the broker to answer; after that each process counts by itself
ONE_NETWORK = 64  # bits of an IPv6 address: the rest its owner chooses
A_MINUTE = 60  # seconds
MEGABYTES_OF_NETWORK = 250  # a day, of files of people who did not log in
GUESSES = 60  # a minute: credentials of programs that are refused, of one address
REFUSED_LOGINS = "60 per hour"  # of one address that the audit trail keeps


class Rate(StrEnum):
    """What costs us work, or is worth guessing."""

    LOGIN = "login"
    SEARCH = "search"
    UPLOAD = "upload"  # and whatever else has a diagram checked
    TRY_OUT = "try-out"
    AUTOSAVE = "autosave"
    PUBLIC_START = "public-start"
    EXPORT = "export"  # everything that is kept about somebody
    OPENING = "opening"  # what a program outside sends; each has a number of its own
    LOCK = "lock"  # of a job outside, held longer, given back or taken by its number
    FORM = "form"  # whatever form that is sent, and declares nothing else


PER_MINUTE: dict[Rate, int] = {
    Rate.LOGIN: 30,
    Rate.SEARCH: 120,
    Rate.UPLOAD: 60,
    Rate.TRY_OUT: 300,
    Rate.AUTOSAVE: 300,
    Rate.PUBLIC_START: 3,
    Rate.EXPORT: 5,
    Rate.OPENING: 60,
    Rate.LOCK: 6_000,
    Rate.FORM: 300,
}
"""For one person; an address without a person has `CROWD` times as much."""


def count_as(name: str, per_minute: int) -> None:
    """Count this request for a program outside that was recognised, by its own number."""
    g.counted_as = (name, per_minute)


def limited(rate: Rate) -> Callable[[View], View]:
    """Decorator: the view is asked for at most so often a minute; then it answers 429."""

    def declare(view: View) -> View:
        view.rate = rate  # type: ignore[attr-defined]
        return view

    return declare


def bounded(view: View) -> View:
    """Decorator: what is sent to this view is counted elsewhere already, and not here again."""
    view.is_bounded = True  # type: ignore[attr-defined]
    return view


def init_limits(app: Flask, settings: Settings) -> None:
    """Count what the views of this app declare; after all of them are there."""
    # With Valkey's client, which the demonstration has, it would load that one too: 9 MB.
    RedisStorage.DEPENDENCIES = {"redis": None}
    limiter = Limiter(
        _asker,
        key_prefix="loket",
        storage_uri=settings.redis_url,
        storage_options=_storage_options(),
        in_memory_fallback_enabled=True,
        # Of requests that meet a broker that went away at the same moment, it lets one count in
        # memory; to the others its failure is an error, which stops none of them.
        swallow_errors=True,
        strategy="moving-window",
    )
    limiter.init_app(app)
    app.extensions["rate_limits"] = limiter
    app.after_request(_say_when)
    for endpoint in app.view_functions:
        count_view(app, endpoint)


def count_view(app: Flask, endpoint: str) -> None:
    """Count what the view of this endpoint declares, else the forms that are sent to it."""
    view = app.view_functions[endpoint]
    rate: Rate | None = getattr(view, "rate", None)
    methods = None if rate else ["POST"]
    if rate is None and not getattr(view, "is_bounded", False):
        rate = Rate.FORM
    if rate is not None:
        count: Any = app.extensions["rate_limits"].shared_limit
        counted = count(_allowed(rate), scope=rate, methods=methods)
        app.view_functions[endpoint] = counted(view)


def keeps_refused_login() -> bool:
    """Whether the audit trail still takes one more refused login of this address this hour."""
    limiter: Limiter = current_app.extensions["rate_limits"]
    try:
        return limiter.limiter.hit(parse(REFUSED_LOGINS), "loket", "refused-login", _address())
    except Exception as error:  # noqa: BLE001 - whatever the broker does, the trail matters more
        log.warning("refused logins cannot be counted", extra={"error": type(error).__name__})
        return True


def is_too_often(name: str, per_minute: int) -> bool:
    """Count something that no view declares; whether it happened more often than that."""
    limiter: Limiter = current_app.extensions["rate_limits"]
    try:
        return not limiter.limiter.hit(parse(f"{per_minute} per minute"), "loket", name)
    except Exception as error:  # noqa: BLE001 - no request fails because the broker is away
        log.warning("not counted", extra={"error": type(error).__name__})
        return False


def brings_too_much(size: int) -> bool:
    """Count the bytes of a file that nobody logged in for; whether this network brought too many.

    Whoever forgets the form token of their browser is a new visitor, at the same network.
    """
    limiter: Limiter = current_app.extensions["rate_limits"]
    network = sha256(f"{current_app.secret_key!r} {_address()}".encode()).hexdigest()
    most, megabytes = parse(f"{MEGABYTES_OF_NETWORK} per day"), -(-size // MEGABYTE)
    try:
        return not limiter.limiter.hit(most, "loket", "files", network, cost=megabytes)
    except Exception as error:  # noqa: BLE001 - no request fails because the broker is away
        log.warning("not counted", extra={"error": type(error).__name__})
        return False


def guesses_too_often() -> bool:
    """Count refused credentials of a program; whether this address sent many this minute.

    Whoever sends the right ones is let in: behind one address may be more than one program.
    """
    return is_too_often(f"refused credentials of {_address()}", GUESSES)


def is_refused_by_limit() -> bool:
    """Whether this request came too often, so that nothing more should be done for it."""
    limiter: Limiter = current_app.extensions["rate_limits"]
    counted = limiter.current_limit
    return counted is not None and counted.breached


def _say_when(response: Response) -> Response:
    """When to come back, asked of the broker only where this request came too often."""
    limiter: Limiter = current_app.extensions["rate_limits"]
    counted = limiter.current_limit
    if counted is None or not counted.breached:
        return response
    try:
        seconds = counted.reset_at - int(time.time())
    except Exception as error:  # noqa: BLE001 - the broker fell away meanwhile
        log.warning("not known when to come back", extra={"error": type(error).__name__})
        seconds = A_MINUTE
    longest = counted.limit.get_expiry()
    response.headers["Retry-After"] = str(min(max(seconds, 1), longest))
    return response


def _storage_options() -> dict[str, Any]:
    return {
        "socket_timeout": PATIENCE,
        "socket_connect_timeout": PATIENCE,
        "retry": Retry(NoBackoff(), 0),
    }


def _allowed(rate: Rate) -> Callable[[], str]:
    def allowed() -> str:
        if "counted_as" in g:
            least = PER_MINUTE[rate] if rate is Rate.LOCK else 0
            return f"{max(g.counted_as[1], least)} per minute"
        people = 1 if signed_in_user() else CROWD
        return f"{PER_MINUTE[rate] * people} per minute"

    return allowed


def _asker() -> str:
    if "counted_as" in g:
        return str(g.counted_as[0])
    user = signed_in_user()
    return f"user {user.id}" if user else f"address {_address()}"


def _address() -> str:
    """The visitor's address; of IPv6 its network, because who has one address has all of them."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((address, ONE_NETWORK), strict=False))
    return str(address)
