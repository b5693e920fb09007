"""Element templates for forms, topics and delegates, in the schema of Camunda 7.

So the editor of the studio and the desktop Camunda Modeler open the same file. Titles, descriptions
and labels stand in the registries, beside the code.
"""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from forms.registry import FORMS, UserTaskForm, start_forms
from processes.engine.registry import DELEGATES, Delegate
from processes.platform.roles import ROLE_NAMES, TASK_GROUPS
from workers.registry import SERVICE_TASKS, ServiceTask
from workers.vocabulary import vocabulary

Template: TypeAlias = dict[str, Any]
Property: TypeAlias = dict[str, Any]

PREFIX = "loket"
ADDRESS = "webhook_address"  # the parameter that names a webhook address
FORM_FIELDS, PARAMETERS, OUTCOME = "form", "parameters", "outcome"
PLAIN_TEXT = {"value": r"^[^$]*$", "message": "Vul een gewone tekst in, zonder ${…}."}
TEXT_OR_VARIABLE = {
    "value": r"^(\$\{[^}]+\}|[^$]*)$",
    "message": "Vul een tekst in, of één gegeven van het proces, zoals ${kvk}.",
}
VARIABLE = {
    "value": r"^(=.+|\$\{[^}]+\})?$",
    "message": "Noem een gegeven van het proces, zoals ${company}.",
}
WHOLE_NUMBER = {
    "value": r"^(=.+|\$\{[^}]+\}|\d*)$",
    "message": "Vul een heel getal in, of een gegeven van het proces, zoals ${version}.",
}
MOMENT = {
    "value": r"^(=.+|\$\{[^}]+\}|P[0-9DWMYTHS]+|\d{4}-\d\d-\d\d.*)?$",
    "message": "Vul een termijn in, zoals P14D, een datum, zoals 2026-12-31, of ${einddatum}.",
}


def element_templates() -> list[Template]:
    """A template for each form, topic and delegate that is described to owners, by name."""
    found = [*_of_forms(), *_of_topics(), *_of_delegates()]
    return sorted(found, key=lambda template: str(template["name"]))


def deployed_templates(processes: Mapping[str, str], tables: Mapping[str, str]) -> list[Template]:
    """A template for each deployed process that may be called and table that may be asked, by key.

    `tables` by the id of the decision; both give the name as drawn. Only the editor of the studio
    has them: what is deployed differs by installation.
    """
    called = [
        _chosen(f"process.{key}", f"Proces: {name}", "bpmn:CallActivity", "calledElement", key)
        for key, name in processes.items()
    ]
    asked = [
        _chosen(
            f"table.{key}",
            f"Beslistabel: {name}",
            "bpmn:BusinessRuleTask",
            "camunda:decisionRef",
            key,
        )
        for key, name in tables.items()
    ]
    for template in asked:
        template["properties"].append(
            {
                "label": "Onder welke naam komt de uitkomst in het proces?",
                "type": "String",
                "value": "uitkomst",
                "group": OUTCOME,
                "binding": {"type": "property", "name": "camunda:resultVariable"},
                "constraints": {"notEmpty": True},
            }
        )
    return [*called, *asked]


def with_addresses(templates: list[Template], names: Sequence[str]) -> list[Template]:
    """The same, with the webhook addresses of this installation to choose from, if there are."""
    of_address = {"type": "camunda:inputParameter", "name": ADDRESS}
    choices = [{"name": name, "value": name} for name in names]
    for template in templates if names else ():
        for each in template["properties"]:
            if each["binding"] == of_address:
                each |= {"type": "Dropdown", "choices": choices}
                each["constraints"] = {"notEmpty": True}
    return templates


def _chosen(id_: str, name: str, element: str, attribute: str, value: str) -> Template:
    return _template(
        id_,
        name,
        "Altijd de nieuwste versie die in gebruik is.",
        elements=[element],
        group={"id": OUTCOME, "label": "Uitkomst"},
        properties=[_hidden(attribute, value)],
    )


def _of_forms() -> Iterator[Template]:
    for key in vocabulary().forms:
        form = FORMS[key]
        yield _template(
            f"form.{key}",
            form.form_title,
            form.form_description,
            elements=["bpmn:UserTask"],
            group={"id": FORM_FIELDS, "label": "Wie en wanneer"},
            properties=_properties_of(key, form),
        )
    for key, form in start_forms().items():
        yield _template(
            f"start.{key}",
            f"Startformulier: {form.form_title}",
            form.form_description,
            elements=["bpmn:StartEvent"],
            group={"id": FORM_FIELDS, "label": "Startformulier"},
            properties=[_hidden("camunda:formKey", key)],
        )


def _properties_of(key: str, form: type[UserTaskForm]) -> list[Property]:
    choices = [{"name": ROLE_NAMES[group], "value": str(group)} for group in TASK_GROUPS]
    return [
        _hidden("camunda:formKey", key),
        {
            "label": "Wie vult het in?",
            "type": "Dropdown",
            "value": form.form_group,
            "choices": choices,
            "group": FORM_FIELDS,
            "binding": {"type": "property", "name": "camunda:candidateGroups"},
            "constraints": {"notEmpty": True},
        },
        {
            "label": "Wanneer moet het klaar zijn?",
            "description": "Laat het leeg als er geen termijn is. P14D is veertien dagen.",
            "type": "String",
            "group": FORM_FIELDS,
            "binding": {"type": "property", "name": "camunda:dueDate"},
            "constraints": {"pattern": MOMENT},
        },
    ]


def _of_topics() -> Iterator[Template]:
    for topic in vocabulary().topics:
        task = SERVICE_TASKS[topic]
        if not task.is_drawn:
            continue  # a job of our own, that nobody draws
        fixed = [_hidden("camunda:type", "external"), _hidden("camunda:topic", topic)]
        yield _service(f"topic.{topic}", task, fixed)


def _of_delegates() -> Iterator[Template]:
    for name in vocabulary().delegates:
        delegate = DELEGATES[name]
        fixed = [_hidden("camunda:delegateExpression", f"${{{name}}}")]
        yield _service(f"delegate.{name}", delegate, fixed)


def _service(id_: str, task: ServiceTask | Delegate, fixed: list[Property]) -> Template:
    return _template(
        id_,
        task.title,
        task.description,
        elements=["bpmn:ServiceTask", "bpmn:SendTask"],
        group={"id": PARAMETERS, "label": "Wat de dienst nodig heeft"},
        properties=[*fixed, *_parameters(task)],
    )


def _template(  # noqa: PLR0913 - each is a part of the template, given by name
    id_: str,
    name: str,
    description: str,
    *,
    elements: list[str],
    group: dict[str, str],
    properties: list[Property],
) -> Template:
    return {
        "id": f"{PREFIX}.{id_}",
        "name": name,
        "description": description,
        "appliesTo": elements,
        "groups": [group],
        "entriesVisible": True,
        "properties": properties,
    }


def _hidden(name: str, value: str) -> Property:
    return {"type": "Hidden", "value": value, "binding": {"type": "property", "name": name}}


def _parameters(task: ServiceTask | Delegate) -> Iterator[Property]:
    kinds = inspect.get_annotations(task.perform, eval_str=True)
    hints = task.hints if isinstance(task, ServiceTask) else {}
    for name, required in task.parameters.items():
        is_named_after_it = required and name not in hints
        yield {
            "label": task.labels.get(name, name),
            "description": hints.get(name) or _hint(name, required=required),
            "type": "String",
            "value": f"${{{name}}}" if is_named_after_it else "",
            "group": PARAMETERS,
            "binding": {"type": "camunda:inputParameter", "name": name},
            "constraints": {
                "notEmpty": required,
                "pattern": PLAIN_TEXT if name in hints else _pattern(kinds.get(name)),
            },
        }


def _hint(name: str, *, required: bool) -> str:
    """What may be filled in; an empty field is no argument, so the variable of its name counts."""
    if required:
        return f"Meestal ${{{name}}}: het gegeven {name} van het proces."
    return f"Mag leeg: dan telt het gegeven {name} van het proces, als dat er is."


def _pattern(kind: Any) -> dict[str, str]:
    """What a text must look like to become a value of this type."""
    text = str(kind)
    if "dict" in text or "list" in text:
        return VARIABLE
    return WHOLE_NUMBER if "int" in text else TEXT_OR_VARIABLE
