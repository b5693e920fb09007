"""Parses YAML from users: plain values, limited in size, no aliases, no duplicate keys."""

import re
from collections.abc import Mapping
from math import isfinite
from typing import Any

import yaml

LARGEST = 200_000  # characters
WIDE = 100
_BOOL = "tag:yaml.org,2002:bool"
_DATE = "tag:yaml.org,2002:timestamp"


class BadYamlError(ValueError):
    """The text is not YAML that we accept; `reason` is Dutch."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Loader(yaml.SafeLoader):
    """Dates and words as ja, no and off stay text; no aliases, and no key twice."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event: Any = self.peek_event()  # type: ignore[no-untyped-call]
            line = event.start_mark.line + 1
            reason = f"Regel {line}: verwijzingen met * mogen hier niet."
            raise BadYamlError(reason)
        return super().compose_node(parent, index)

    def construct_yaml_float(self, node: Any) -> float:
        found = super().construct_yaml_float(node)
        if not isfinite(found):
            reason = f"Regel {node.start_mark.line + 1}: “{node.value}” is geen getal."
            raise BadYamlError(reason)
        return found

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        keys = [self.construct_object(key, deep=True) for key, _value in node.value]
        for at, key in enumerate(keys):
            if key in keys[:at]:
                reason = f"Regel {node.start_mark.line + 1}: “{key}” staat er twee keer."
                raise BadYamlError(reason)
        return super().construct_mapping(node, deep=deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if tag not in {_DATE, _BOOL}]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_BOOL, re.compile(r"^(?:true|false)$"), list("tf"))


_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.construct_yaml_float)


class _Dumper(yaml.SafeDumper):
    """Writes what stands twice, twice; a list below its word, and indented."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:  # noqa: ARG002, FBT001, FBT002 - PyYAML
        return super().increase_indent(flow, False)  # noqa: FBT003 - PyYAML's argument


def read(text: str) -> Any:
    """Parse a YAML text. Raises BadYamlError."""
    if len(text) > LARGEST:
        reason = f"De tekst is te lang: hoogstens {LARGEST} tekens."
        raise BadYamlError(reason)
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader, and stricter
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        reason = f"Regel {line}: dit is geen YAML. Kijk naar het inspringen en de aanhalingstekens."
        raise BadYamlError(reason) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        if isinstance(error, BadYamlError):
            raise
        reason = "Dit is geen YAML die wij kunnen lezen."
        raise BadYamlError(reason) from error


def write(content: Mapping[str, Any]) -> str:
    """Content as YAML, in its own order."""
    text: str = yaml.dump(
        content,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=WIDE,
        default_flow_style=False,
    )
    return text
