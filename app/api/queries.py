"""The parameters of addresses, judged all at once; pages of a list go on from a cursor."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar, get_origin
from urllib.parse import urlencode
from uuid import UUID

from flask import request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from app.api.problems import invalid
from processes.engine.openings.work import Place
from processes.engine.store.models import InstanceStatus
from processes.reading.json_text import read_json

MOST = 100


class Query(BaseModel):
    """The parameters of an address; names that it does not know are errors."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)


class PageQuery(Query):
    """Which page of a list."""

    limit: int = Field(default=MOST, ge=1, le=MOST, description="How many at most.")
    after: str | None = Field(default=None, description="The cursor `next` of the page before.")

    @property
    def place(self) -> Place | None:
        """Where to go on. Raises ProblemError for what is no cursor of ours."""
        return None if self.after is None else _place(self.after)


class TasksQuery(PageQuery):
    """Which tasks."""

    process: str | None = Field(default=None, description="The key of a process.")


class FileQuery(Query):
    """Which file."""

    name: str = Field(min_length=1, max_length=200, description="Its name; its kind needs none.")


class CasesQuery(PageQuery):
    """Which cases."""

    process: str | None = Field(default=None, description="The key of a process.")
    business_key: str | None = Field(default=None, description="The business key.")
    status: InstanceStatus | None = None


AnyQuery = TypeVar("AnyQuery", bound=Query)


def asked(kind: type[AnyQuery]) -> AnyQuery:
    """The parameters of this request. Raises ProblemError with every error."""
    try:
        return kind.model_validate(_typed(kind))
    except ValidationError as error:
        raise invalid(
            [
                {"parameter": ".".join(map(str, each["loc"])), "detail": _told(kind, each)}
                for each in error.errors(include_url=False, include_input=False)
            ]
        ) from None


def _told(kind: type[Query], error: ErrorDetails) -> str:
    """What is wrong; of a name that is not known, which are."""
    if error["type"] != "extra_forbidden":
        return error["msg"]
    names = ", ".join(str(field.alias or name) for name, field in kind.model_fields.items())
    return f"There is no such parameter here. {f'There are: {names}.' if names else ''}".strip()


def _typed(kind: type[Query]) -> dict[str, Any]:
    """The parameters by name; of one that may come several times, all of its values."""
    lists = {
        str(field.alias)
        for field in kind.model_fields.values()
        if get_origin(field.annotation) is list
    }
    several = {name: request.args.getlist(name) for name in lists & set(request.args)}
    return request.args.to_dict() | several


Item = TypeVar("Item")


def page(
    found: Sequence[Item], query: PageQuery, place_of: Any
) -> tuple[Sequence[Item], str | None]:
    """The items of a page, of which one more was asked, and the cursor of the next page."""
    items = found[: query.limit]
    return items, cursor(place_of(items[-1])) if len(found) > query.limit else None


def next_link(after: str | None) -> dict[str, str]:
    """The header that leads to the next page (RFC 8288)."""
    if after is None:
        return {}
    asked_for = request.args.to_dict() | {"after": after}
    return {"Link": f'<{request.path}?{urlencode(asked_for)}>; rel="next"'}


def cursor(place: Place) -> str:
    """A place in a list, as text that says nothing to others."""
    text = json.dumps([place.at.isoformat(), str(place.id)])
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(text: str) -> Place:
    try:
        at, id_ = read_json(urlsafe_b64decode(text.encode() + b"=="))
        return Place(datetime.fromisoformat(at).astimezone(UTC), UUID(id_))
    except (ValueError, TypeError, AttributeError, OverflowError):
        wrong = {"parameter": "after", "detail": "no cursor of an earlier page"}
        raise invalid([wrong]) from None
