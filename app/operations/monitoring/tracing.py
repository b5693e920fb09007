"""A tracing span per request (processes/platform/tracing.py)."""

from contextlib import ExitStack

from flask import Response, g, request
from flask.blueprints import BlueprintSetupState

from app.operations.blueprint import bp
from processes.platform import tracing

UNKNOWN = "none"


@bp.record_once
def _begin_tracing(state: BlueprintSetupState) -> None:
    """Before all else that looks at a request, of whatever area."""
    tracing.begin("web")
    state.app.before_request_funcs.setdefault(None, []).insert(0, _begin)


def _begin() -> None:
    facts = {"http.request.method": request.method, "http.route": str(request.url_rule or UNKNOWN)}
    g.span = ExitStack()
    g.span.enter_context(
        tracing.span(f"{request.method} {request.endpoint or UNKNOWN}", "server", facts=facts)
    )


@bp.after_app_request
def _tell(response: Response) -> Response:
    tracing.note({"http.response.status_code": response.status_code})
    return response


@bp.teardown_app_request
def _end(_error: BaseException | None) -> None:
    if "span" in g:
        g.pop("span").close()
