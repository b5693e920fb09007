"""Errors of the API as problem documents (RFC 9457): media type application/problem+json."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from flask import Response, json, make_response, request

API = "/api/"
MEDIA_TYPE = "application/problem+json"

DETAILS: Mapping[int, str] = MappingProxyType(
    {
        400: "The request could not be read.",
        404: "There is nothing at this address.",
        405: "This address does not take this method; Allow names those that it takes.",
        409: "It changed meanwhile; look again, or send it again with the same Message-Id.",
        413: "The request is too large.",
        415: "Send JSON, with Content-Type: application/json.",
        429: "Too many requests this minute; Retry-After says when to try again.",
        500: "Something went wrong here; nothing happened.",
        503: "The database does not answer; send it again with the same Message-Id.",
    }
)
"""What a program reads of a status that says enough by itself (type about:blank)."""


def asked_by_a_program() -> bool:
    """Whether the answer to this request goes to a program: everything below /api."""
    return request.path.startswith(API)


def problem(
    status: int,
    detail: str = "",
    *,
    type_: str = "about:blank",
    title: str = "",
    errors: Sequence[Mapping[str, str]] = (),
    **more: Any,
) -> Response:
    """A problem document; of about:blank the title is that of the status (RFC 9457 §4.2.1).

    Each error has a `detail`, and a `pointer` (RFC 6901), `header` or `parameter` that says where.
    """
    body = {
        "type": type_,
        "title": title or HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail or DETAILS.get(status, HTTPStatus(status).description),
        **more,
    }
    if errors:
        body["errors"] = [dict(each) for each in errors]
    response = make_response(json.dumps(body), status)
    response.content_type = MEDIA_TYPE
    return response
