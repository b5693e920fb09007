"""What workers outside send, as Camunda 7 describes it; unknown names are passed over."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from flask import request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from app.api.external.errors import InvalidRequestError
from app.api.problems import ProblemError

LARGEST_BODY = 512 * 1024  # bytes
LONGEST_NAME = 200
LONGEST_LOCK = 7 * 24 * 3600 * 1000  # ms
LONGEST_WAIT = 30 * 60 * 1000  # ms, that a worker may ask for
MOST_TOPICS = 100
MOST_RETRIES = 10_000


def _printable(text: str) -> str:
    if not text.isprintable():
        message = "is not printable"
        raise ValueError(message)
    return text


Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(_printable)]
Names = Annotated[list[Name], Field(max_length=1000)]
Milliseconds = Annotated[int, Field(gt=0, le=LONGEST_LOCK)]


class Body(BaseModel):
    """A JSON object in camelCase."""

    model_config = ConfigDict(extra="ignore", alias_generator=to_camel)


class TopicBody(Body):
    """One topic of a fetch."""

    topic_name: Name
    lock_duration: Milliseconds
    variables: Names | None = None
    local_variables: bool | None = None
    business_key: Name | None = None
    process_definition_id: str | None = None
    process_definition_id_in: list[str] | None = None
    process_definition_key: Name | None = None
    process_definition_key_in: Names | None = None
    process_definition_version_tag: None = None
    without_tenant_id: bool | None = None
    tenant_id_in: Names | None = None
    process_variables: dict[str, Any] | None = None
    include_extension_properties: bool | None = None

    def keys(self) -> list[str] | None:
        """The keys of the processes whose jobs are wanted; None: of all."""
        return _together(self.process_definition_key, self.process_definition_key_in)

    def definition_ids(self) -> list[UUID] | None:
        """As `keys`, of versions; what is no id is of none."""
        ids = _together(self.process_definition_id, self.process_definition_id_in)
        return None if ids is None else [id_ for text in ids if (id_ := id_of(text)) is not None]


class SortBody(Body):
    """What comes first, beside the priority."""

    sort_by: Literal["createTime"]
    sort_order: Literal["asc", "desc"] | None = None


class WorkerBody(Body):
    """A request of a worker."""

    worker_id: Name


class FetchBody(WorkerBody):
    """The jobs that a worker wants, and how long it waits for them (ms)."""

    max_tasks: Annotated[int, Field(gt=0)] = 1
    use_priority: bool | None = True
    async_response_timeout: Annotated[int, Field(ge=0, le=LONGEST_WAIT)] | None = None
    topics: Annotated[list[TopicBody], Field(max_length=MOST_TOPICS)] = Field(default_factory=list)
    sorting: list[SortBody] | None = None


class CompleteBody(WorkerBody):
    """The result of a task."""

    variables: dict[str, Any] | None = None
    local_variables: dict[str, Any] | None = None


class BpmnErrorBody(WorkerBody):
    """A BPMN error."""

    error_code: Name
    error_message: str | None = None
    variables: dict[str, Any] | None = None


class FailureBody(WorkerBody):
    """A failure; `retry_timeout` in ms."""

    error_message: str | None = None
    error_details: str | None = None
    retries: Annotated[int, Field(ge=0, le=MOST_RETRIES)] | None = None
    retry_timeout: Annotated[int, Field(ge=0, le=LONGEST_LOCK)] | None = None
    variables: dict[str, Any] | None = None
    local_variables: dict[str, Any] | None = None


class LockBody(WorkerBody):
    """How long to lock one task (ms)."""

    lock_duration: Milliseconds


class ExtendBody(WorkerBody):
    """How long to hold it from now (ms)."""

    new_duration: Milliseconds


AnyBody = TypeVar("AnyBody", bound=Body)


def read(kind: type[AnyBody]) -> AnyBody:
    """The body of this request. Raises InvalidRequestError, ProblemError 413 and 415."""
    if (request.content_length or 0) > LARGEST_BODY or len(request.get_data()) > LARGEST_BODY:
        raise ProblemError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A body is at most {LARGEST_BODY} bytes."
        )
    if not request.is_json:
        raise ProblemError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send JSON, with Content-Type: application/json."
        )
    return _judged(lambda: kind.model_validate_json(request.get_data()))


def read_query(kind: type[AnyBody]) -> AnyBody:
    """The parameters in the address of this request. Raises InvalidRequestError."""
    return _judged(lambda: kind.model_validate(request.args.to_dict()))


def _judged(judge: Callable[[], AnyBody]) -> AnyBody:
    try:
        return judge()
    except ValidationError as error:
        told = error.errors(include_url=False, include_input=False, include_context=False)
        raise InvalidRequestError(
            "; ".join(_line(each["loc"], each["msg"]) for each in told)
        ) from None


def milliseconds(number: int | None) -> timedelta:
    """A time as the protocol gives it; none is no time at all."""
    return timedelta(milliseconds=number or 0)


def id_of(text: str) -> UUID | None:
    """The id in a text, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _line(path: Sequence[int | str], message: str) -> str:
    return f"{'.'.join(map(str, path))}: {message}" if path else message


def _together(one: str | None, several: list[str] | None) -> list[str] | None:
    if one is None:
        return several
    return [one] if several is None or one in several else []
