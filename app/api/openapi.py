"""Builds the OpenAPI 3.1 document from the routes of the API and what their views declare."""

import re
from collections.abc import Iterable, Iterator, Mapping
from email.utils import parseaddr
from http import HTTPStatus
from inspect import getdoc
from types import MappingProxyType
from typing import Any

from flask import Flask
from pydantic import BaseModel
from pydantic.alias_generators import to_camel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core.core_schema import NullableSchema, TimeSchema
from werkzeug.routing import Rule

from app.api.operation import TAGS, Operation
from app.api.problems import DOCUMENTATION, KINDS, Kind
from app.web.problems import MEDIA_TYPE
from processes.platform.settings import current_settings

PREFIX = "/api/v1"
VERSION = "1.5.0"
REF = "#/components/schemas/{model}"
JSON = "application/json"
LOCAL_TIME = "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"
_PART = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
_TEXT = MappingProxyType({"type": "string"})
_FILE = MappingProxyType({"schema": {"type": "string", "format": "binary"}})
_UUID = MappingProxyType({"type": "string", "format": "uuid"})
_VERSION_HEADER = MappingProxyType({"API-Version": {"$ref": "#/components/headers/API-Version"}})
_MESSAGE_ID = MappingProxyType(
    {
        "name": "Message-Id",
        "in": "header",
        "required": True,
        "description": "New for each message: sent again with the same body, it counts once.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    }
)
_IF_MATCH = MappingProxyType(
    {
        "name": "If-Match",
        "in": "header",
        "description": "The ETag of what is there; required where something is.",
        "schema": {"type": "string"},
    }
)
Document = dict[str, Any]
Found = tuple[Rule, str, Operation, str]


class Schemas(GenerateJsonSchema):
    """JSON Schema as the NLGov REST API Design Rules ask: what may be null keeps its format."""

    def nullable_schema(self, schema: NullableSchema) -> JsonSchemaValue:
        """One type beside null stands with it, so that its format stands at the property."""
        made = super().nullable_schema(schema)
        one = made.get("anyOf", [{}])[0]
        if isinstance(one.get("type"), str) and "enum" not in one:
            return {**one, "type": [one["type"], "null"]}
        return made

    def time_schema(self, schema: TimeSchema) -> JsonSchemaValue:
        """A time on the clock of Amsterdam has no zone (/core/date-time/format)."""
        return {**super().time_schema(schema), "format": "time-local", "pattern": LOCAL_TIME}


class UndescribedRouteError(LookupError):
    """A view below /api/v1 does not declare what it asks and answers."""


def document(app: Flask, public_url: str) -> Document:
    """The OpenAPI document of this app. Raises UndescribedRouteError."""
    found = list(_operations(app))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Loket",
            "version": VERSION,
            "description": (
                "Search the catalogue; start processes, send messages and signals, do tasks, "
                "follow cases."
            ),
            "contact": {
                "name": "Loket",
                "email": parseaddr(current_settings().mail_from)[1],
                "url": f"{public_url}{DOCUMENTATION}",
            },
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": f"{public_url}{PREFIX}"}],
        "security": [{"oauth2": []}, {"signature": []}],
        "tags": [
            {"name": name, "description": TAGS[name]}
            for name in dict.fromkeys(each.tag for _, _, each, _ in found)
        ],
        "paths": _paths(found),
        "components": {
            "schemas": {**_models(each for _, _, each, _ in found), "Problem": _problem()},
            "headers": {
                "API-Version": {"description": "The version of this API.", "schema": dict(_TEXT)}
            },
            "securitySchemes": _security(public_url),
        },
    }


def _security(public_url: str) -> Document:
    flow = {"tokenUrl": f"{public_url}{PREFIX}/token", "scopes": {}}
    return {
        "oauth2": {
            "type": "oauth2",
            "description": (
                "Client credentials (RFC 6749 §4.4) of an opening, for a token of ten minutes: "
                f"POST the form grant_type=client_credentials to {PREFIX}/token, with the id and "
                "secret by HTTP Basic or as client_id and client_secret. Its errors are those of "
                "that standard."
            ),
            "flows": {"clientCredentials": flow},
        },
        "signature": {
            "type": "apiKey",
            "in": "header",
            "name": "Signature",
            "description": (
                "An HTTP message signature (RFC 9421) with hmac-sha256 and the signing key of an "
                "opening, whose id is the keyid. It covers @method, @target-uri, the Message-Id of "
                "a POST and the Content-Digest (RFC 9530) of a body, and was created at most five "
                "minutes ago. With it comes Signature-Input."
            ),
        },
    }


def _operations(app: Flask) -> Iterator[Found]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if not rule.rule.startswith(f"{PREFIX}/"):
            continue
        view = app.view_functions[rule.endpoint]
        operation: Operation | None = getattr(view, "operation", None)
        if operation is None:
            raise UndescribedRouteError(rule.rule)
        if operation.standard:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, operation, getdoc(view) or ""


def _paths(found: Iterable[Found]) -> Document:
    paths: dict[str, Document] = {}
    for rule, method, operation, text in found:
        path = _PART.sub(lambda part: f"{{{to_camel(part['name'])}}}", rule.rule)
        described = _operation(rule, operation, text)
        paths.setdefault(path.removeprefix(PREFIX), {})[method.lower()] = described
    return paths


def _operation(rule: Rule, operation: Operation, text: str) -> Document:
    summary, _, more = text.partition("\n\n")
    described: Document = {
        "operationId": to_camel(rule.endpoint.rpartition(".")[2]),
        "tags": [operation.tag],
        "summary": " ".join(summary.split()),
        "parameters": [*_path_parameters(rule), *_query_parameters(operation)],
        "responses": {**_refusals(rule, operation), **_answers(operation)},
    }
    told = [part for part in more.split("\n\n") if not part.startswith("Raises ")]
    if any(told):
        described["description"] = " ".join("\n".join(told).split())
    if operation.is_open:
        described["security"] = []
    if operation.deprecated is not None:
        until, instead = operation.deprecated.until, operation.deprecated.instead
        end = f"Deprecated: use {instead}; it is here until {until} at least."
        described["deprecated"] = True
        described["description"] = f"{described.get('description', '')} {end}".strip()
    described |= _request_body(operation)
    if operation.body is not None:
        described["parameters"].append(dict(_MESSAGE_ID))
    if operation.put is not None or operation.is_conditional:
        described["parameters"].append(dict(_IF_MATCH))
    return described


def _request_body(operation: Operation) -> Document:
    if operation.put is not None:
        content: Document = {JSON: {"schema": _ref(operation.put)}}
        return {"requestBody": {"required": True, "content": content}}
    if operation.upload:
        return {"requestBody": {"required": True, "content": {operation.upload: dict(_FILE)}}}
    if operation.body is not None:
        return {"requestBody": {"content": {JSON: {"schema": _ref(operation.body)}}}}
    return {}


def _path_parameters(rule: Rule) -> Iterator[Document]:
    for part in _PART.finditer(rule.rule):
        schema = dict(_UUID if part["kind"] == "uuid" else _TEXT)
        yield {"name": to_camel(part["name"]), "in": "path", "required": True, "schema": schema}


def _query_parameters(operation: Operation) -> Iterator[Document]:
    if operation.query is None:
        return
    asked = operation.query.model_json_schema(ref_template=REF, schema_generator=Schemas)
    for name, schema in asked["properties"].items():
        text = schema.pop("description", "")
        schema.pop("title", None)
        yield {"name": name, "in": "query", "description": text, "schema": schema}


def _answers(operation: Operation) -> Document:
    return {
        str(status): {
            "description": HTTPStatus(status).phrase,
            "headers": dict(_VERSION_HEADER),
            **_content(kind),
        }
        for status, kind in operation.answers.items()
    }


def _content(kind: type[BaseModel] | str) -> Document:
    """A media type of its own, or "" for no content at all."""
    if isinstance(kind, str):
        schema = {"type": "object"} if kind == JSON else {"type": "string"}
        return {"content": {kind: {"schema": schema}}} if kind else {}
    return {"content": {JSON: {"schema": _ref(kind)}}}


def _refusals(rule: Rule, operation: Operation) -> Document:
    """By status: which problems it may be; a part of an address that is wrong names nothing."""
    kinds: dict[int, list[Kind]] = {404: []} if rule.arguments else {}
    for each in operation.problems:
        status = each.status if isinstance(each, Kind) else each
        kinds.setdefault(status, []).extend([each] if isinstance(each, Kind) else [])
    return {
        str(int(status)): {
            "description": "; ".join(kind.title for kind in of_status) or HTTPStatus(status).phrase,
            "headers": dict(_VERSION_HEADER),
            "content": {MEDIA_TYPE: {"schema": {"$ref": REF.format(model="Problem")}}},
        }
        for status, of_status in sorted(kinds.items())
    }


def _models(operations: Iterable[Operation]) -> Document:
    asked: list[tuple[type[BaseModel], Any]] = []
    queries: set[str] = set()
    for each in operations:
        answers = [kind for kind in each.answers.values() if not isinstance(kind, str)]
        asked += [(model, "serialization") for model in answers]
        asked += [(model, "validation") for model in (each.body, each.put, each.query) if model]
        queries |= {each.query.__name__} if each.query else set()
    _, schemas = models_json_schema(asked, ref_template=REF, schema_generator=Schemas)
    # The parameters of an address stand at it; what they refer to stands here.
    return {name: each for name, each in schemas["$defs"].items() if name not in queries}


def _ref(model: type[BaseModel]) -> Mapping[str, str]:
    return {"$ref": REF.format(model=model.__name__)}


def _problem() -> Document:
    text = dict(_TEXT)
    ids = {"type": "array", "items": dict(_UUID)}
    return {
        "type": "object",
        "description": "RFC 9457.",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {
                "type": "string",
                "format": "uri-reference",
                "enum": ["about:blank", *(kind.type for kind in KINDS.values())],
            },
            "title": text,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": text,
            "errors": {"type": "array", "items": _problem_error()},
            "outcome": {**text, "description": "The name of the problem, of a message or task."},
            "instances": ids,
            "incidents": ids,
            "reference": {**text, "description": "To find an error back in our log."},
        },
    }


def _problem_error() -> Document:
    text = dict(_TEXT)
    return {
        "type": "object",
        "required": ["detail"],
        "properties": {
            "pointer": {**text, "description": "Where in the body (RFC 6901)."},
            "header": {**text, "description": "Which header."},
            "parameter": {**text, "description": "Which parameter of the address."},
            "detail": text,
        },
    }
