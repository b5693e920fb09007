"""Late routes: the addresses that werkzeug gives, compiled when they are first asked."""

from typing import Any

import pytest
from werkzeug.routing import Map, Rule
from werkzeug.routing.exceptions import BuildError

from app.web.serving.late_routes import LateRule

ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("page", {}),
    ("page", {"zoek": "taal & rekenen", "op": ["a", "b"]}),
    ("page", {"self": "1", "rule": "2", "append_unknown": "3"}),
    ("thing", {"number": 7}),
    ("thing", {"number": 7, "ga": "verder"}),
    ("thing", {"number": "zeven"}),
    ("thing", {}),
    ("file", {"name": "a map/b.txt"}),
    ("first", {"page": 1}),
    ("first", {"page": 2}),
)


def _map(kind: type[Rule]) -> Map:
    return Map(
        [
            kind("/", endpoint="page"),
            kind("/ding/<int:number>", endpoint="thing"),
            kind("/bestand/<path:name>", endpoint="file"),
            kind("/lijst/", endpoint="first", defaults={"page": 1}),
            kind("/lijst/<int:page>", endpoint="first"),
        ]
    )


def _address(kind: type[Rule], endpoint: str, values: dict[str, Any], *, known: bool) -> str:
    try:
        adapter = _map(kind).bind("loket.example")
        return adapter.build(endpoint, values, append_unknown=not known)
    except (BuildError, ValueError) as error:
        return repr(error)


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(("endpoint", "values"), ASKED)
def test_an_address_is_the_one_of_werkzeug(
    endpoint: str, values: dict[str, Any], *, known: bool
) -> None:
    late = _address(LateRule, endpoint, values, known=known)
    assert late == _address(Rule, endpoint, values, known=known)


def test_nothing_is_compiled_until_an_address_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_given: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr(Rule, "_compile_builder", refuses)
    with pytest.raises(NotImplementedError):
        _map(Rule)
    routes = _map(LateRule).bind("loket.example")
    assert routes.match("/ding/7") == ("thing", {"number": 7})
    with pytest.raises(NotImplementedError):
        routes.build("thing", {"number": 7})
