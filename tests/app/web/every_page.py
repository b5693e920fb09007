"""The addresses of all pages that are read, with what there is in the test worlds."""

import re
from collections.abc import Iterator, Mapping
from uuid import uuid4

from flask import Flask
from werkzeug.routing import Rule

from app.web.access import Role, roles_of
from app.web.process_rights import OF_TABLES
from tests.app.signing_in import KVK
from tests.app.web.object_world import World
from tests.app.web.process_world import ProcessWorld

LOGS_IN = {"auth.back", "saml.back"}


def gets(app: Flask, role: Role) -> Iterator[Rule]:
    """The addresses that this role may ask; public ones are asked once, by a teacher."""
    for rule in app.url_map.iter_rules():
        roles = roles_of(app, rule.endpoint) or frozenset({Role.TEACHER})
        if "GET" in (rule.methods or set()) and role in roles and rule.endpoint not in LOGS_IN:
            yield rule


def address_of(
    rule: Rule, processes: ProcessWorld, named: Mapping[str, object], objects: World
) -> str:
    """The address with what is there, as far as there is such a thing."""
    blueprint = rule.endpoint.partition(".")[0]
    known = dict(processes.table if blueprint in OF_TABLES else named)
    if "run_id" in rule.arguments:
        known["run_id"] = processes.runs[blueprint]
    if blueprint in {"catalogue", "subscriptions", "portfolio", "api_entrance"}:
        known |= {"offer_id": objects.published, "kvk": KVK}
    known |= {"provider_id": objects.provider, "kind": "csv"}
    address = rule.rule
    for name, converter in rule._converters.items():  # noqa: SLF001 - as werkzeug builds it
        made = known.get(name, {"UUIDConverter": uuid4()}.get(type(converter).__name__, "1"))
        address = re.sub(rf"<(?:[^<>]*:)?{name}>", str(made), address, count=1)
    return address
