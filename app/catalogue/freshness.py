"""HTTP caching of the catalogue: never past midnight in Amsterdam (F3)."""

from datetime import datetime, time, timedelta

from flask import Response, request

from processes.base import AMSTERDAM, now, today

AT_MOST = timedelta(hours=1)


def seconds_to_midnight() -> int:
    """The rest of today in seconds, also on a day of 23 or 25 hours."""
    midnight = datetime.combine(today() + timedelta(days=1), time(), tzinfo=AMSTERDAM)
    return int((midnight - now()).total_seconds())


def keep_until_midnight(response: Response) -> Response:
    """Cache for an hour, but not past midnight."""
    response.cache_control.public = True
    response.cache_control.max_age = min(int(AT_MOST.total_seconds()), seconds_to_midnight())
    return response


def ask_again(response: Response) -> Response:
    """Cache, but revalidate each time: a provider may hide it at any moment (R20)."""
    response.cache_control.private = True
    response.cache_control.no_cache = True
    response.vary.add("Cookie")
    response.add_etag()
    response.make_conditional(request)
    return response
