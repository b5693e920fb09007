"""Display names of processes, instances, elements, topics and actors on the operator's pages."""

from collections.abc import Mapping
from uuid import UUID

from flask import g
from sqlalchemy import select

from app.operations.blueprint import bp
from app.operations.masks import is_id
from app.operations.overview import title_of
from app.web.db import db
from app.web.diagrams.live_places import waiting_elements
from processes.engine.diagram import graph
from processes.engine.diagram.xml import UnreadableDiagramError
from processes.engine.store.models import ProcessDefinition, ProcessInstance
from processes.engine.words import outline_words

DOERS = {
    None: "Loket",
    "loket": "Loket",
    "worker": "Loket, op de achtergrond",
    "timer": "Loket, op de klok",
}
SHORT = 8  # characters of an id that people can tell apart


def process_name(key: str) -> str:
    """The name of the newest version of a process, or its key when it has none."""
    if "process_names" not in g:
        query = select(ProcessDefinition.key, ProcessDefinition.name)
        rows = db.session().execute(query.order_by(ProcessDefinition.version)).all()
        g.process_names = {key: name for key, name in rows if name}
    return str(g.process_names.get(key, key))


def case_name(key: str, business_key: str | None) -> str:
    """A display name of an instance: "Activiteit publiceren 27924ed8"."""
    return " ".join(part for part in (process_name(key), short_key(business_key)) if part)


def short_key(business_key: str | None) -> str:
    """A business key; of an id only its beginning."""
    text = business_key or ""
    return text[:SHORT] if is_id(text) else text


def element_name(instance: ProcessInstance | None, element_id: str | None) -> str:
    """What an element of this instance's diagram is called, or its id where that is not known."""
    if instance is None or not element_id:
        return element_id or ""
    names = _names_of(instance.definition_id)
    return names.get(element_id, element_id)


def elements_of(key: str, version: int | None) -> dict[str, str]:
    """Ids and names of where cases of a process can wait, in one version or the newest."""
    query = select(ProcessDefinition.xml).where(ProcessDefinition.key == key)
    if version is not None:
        query = query.where(ProcessDefinition.version == version)
    xml = db.session().scalars(query.order_by(ProcessDefinition.version.desc()).limit(1)).first()
    return waiting_elements(xml or "")


def doer(actor: str | None) -> str:
    """The display name of an actor: a person's name, or how the machine got to it."""
    return DOERS.get(actor, actor or "")


def _names_of(definition_id: UUID) -> Mapping[str, str]:
    known: dict[UUID, dict[str, str]] = g.setdefault("element_names", {})
    if definition_id not in known:
        query = select(ProcessDefinition.xml).where(ProcessDefinition.id == definition_id)
        known[definition_id] = _names_in(db.session().scalars(query).one())
    return known[definition_id]


def _names_in(xml: str) -> dict[str, str]:
    try:
        drawn = graph.read(xml.encode()).by_id
    except UnreadableDiagramError:
        return {}
    return {id_: outline_words.name(node) for id_, node in drawn.items()}


for helper in (process_name, case_name, short_key, element_name, doer):
    bp.add_app_template_global(helper)
bp.add_app_template_global(title_of, "topic_name")
