"""Arguments of a service task: its drawn input parameters, else variables of the same names."""

from collections.abc import Iterable, Mapping
from typing import Any

from processes.engine.diagram.elements import Element
from processes.engine.language import expressions
from processes.engine.language.values import json_value
from processes.engine.registry import TOPICS


def arguments_of(
    element: Element, variables: Mapping[str, Any], parameters: Iterable[str]
) -> dict[str, Any]:
    """The drawn inputs; for one that is absent or empty, the variable of that name.

    An expression may name any variable; under its own name only a parameter is given.
    """
    drawn = inputs_of(element, variables)
    by_name = {name: json_value(variables[name]) for name in parameters if name in variables}
    return {**by_name, **drawn}


def inputs_of(element: Element, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the drawn inputs that are not empty."""
    return {
        name: json_value(expressions.fill(template, variables))
        for name, template in element.inputs.items()
        if template
    }


def job_arguments(element: Element, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a job; all variables, where the topic declares no parameters."""
    topic = TOPICS.get(element.topic or "")
    if topic is None:
        return arguments_of(element, variables, variables)
    if topic.lists_variables is None:
        return arguments_of(element, variables, topic.parameters)
    arguments = inputs_of(element, variables)  # what goes out is drawn, and never found by name
    names = listed_names(arguments.get(topic.lists_variables))
    listed = {name: json_value(expressions.evaluate(name, variables)) for name in names}
    return {**arguments, topic.lists_variables: listed}


def listed_names(text: Any) -> list[str]:
    """The names in "naam, bedrag": with commas or spaces between, each once."""
    return list(dict.fromkeys(str(text or "").replace(",", " ").split()))
