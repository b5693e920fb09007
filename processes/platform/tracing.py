"""OpenTelemetry tracing: one trace per submission through web, database, jobs and mail.

It needs the extra `otel`, and a collector in OpenTelemetry's own variables. No span holds personal
data: names of routes and topics, ids, statements without their values, kinds of failures.
"""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event

from processes.base import traceparent

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

log = logging.getLogger(__name__)

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
STATEMENT = 2000  # characters of it

Facts = Mapping[str, str | int]


class _Tracing:
    """What this process does with spans: nothing, until `begin` or `use`."""

    tracer: "Tracer | None" = None
    hears_statements = False


def begin(part: str) -> None:
    """Export the spans of this process to the collector in the environment, if there is one.

    Once per process, after a fork. OpenTelemetry reads OTEL_SERVICE_NAME, the sampler and the rest
    of its variables itself.
    """
    if _Tracing.tracer is not None or not is_asked_for():
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        log.warning("no traces: the extra otel is not installed")
        return
    os.environ.setdefault("OTEL_SERVICE_NAME", f"loket-{part}")
    provider = TracerProvider(resource=Resource.create())
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    use(provider)


def is_asked_for() -> bool:
    """Whether OpenTelemetry's own variables name a collector and do not disable tracing."""
    environment = os.environ
    is_disabled = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    exports = environment.get("OTEL_TRACES_EXPORTER", "otlp") != "none"
    return exports and not is_disabled and any(environment.get(name) for name in ENDPOINTS)


def use(provider: "TracerProvider | None") -> None:
    """Set the tracer provider of this process; None disables tracing."""
    _Tracing.tracer = provider.get_tracer("loket") if provider else None
    if not _Tracing.hears_statements:
        _Tracing.hears_statements = True
        event.listen(Engine, "before_cursor_execute", _begin_statement)
        event.listen(Engine, "after_cursor_execute", _end_statement)
        event.listen(Engine, "handle_error", _fail_statement)


@contextmanager
def span(
    name: str, kind: str = "internal", *, facts: Facts | None = None, parent: str | None = None
) -> Iterator[None]:
    """A span around the block; `parent` is the traceparent (W3C) that it continues."""
    if _Tracing.tracer is None:
        yield
        return
    from opentelemetry.trace import SpanKind, Status, StatusCode

    with _Tracing.tracer.start_as_current_span(
        name,
        context=_context(parent),
        kind=SpanKind[kind.upper()],
        attributes=dict(facts or {}),
        record_exception=False,  # its text may hold an address
        set_status_on_exception=False,
    ) as current:
        before = traceparent.set(_written(current))
        try:
            yield
        except Exception as error:
            current.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise
        finally:
            traceparent.reset(before)


def note(facts: Facts) -> None:
    """Add attributes to the current span, if there is one."""
    if _Tracing.tracer is not None:
        from opentelemetry.trace import get_current_span

        get_current_span().set_attributes(dict(facts))


def _context(parent: str | None) -> Any:
    if parent is None:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({"traceparent": parent})


def _written(current: "Span") -> str | None:
    """As the W3C writes it, for whoever goes on with this."""
    context = current.get_span_context()
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def _begin_statement(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if _Tracing.tracer is None:
        return
    from opentelemetry.trace import SpanKind, get_current_span

    if not get_current_span().is_recording():  # a sweep that finds nothing is no story
        return
    facts = {
        "db.system.name": connection.dialect.name,
        "db.query.text": statement[:STATEMENT],  # its values are bound, and stay behind
    }
    verb = statement.split(None, 1)[0].upper()
    started = _Tracing.tracer.start_span(verb, kind=SpanKind.CLIENT, attributes=facts)
    connection.info.setdefault("spans", []).append(started)


def _end_statement(connection: Any, *_rest: Any) -> None:
    if spans := connection.info.get("spans"):
        spans.pop().end()


def _fail_statement(context: Any) -> None:
    if context.connection is not None and (spans := context.connection.info.get("spans")):
        from opentelemetry.trace import Status, StatusCode

        failed = spans.pop()
        kind = type(context.original_exception).__name__
        failed.set_status(Status(StatusCode.ERROR, kind))
        failed.end()
