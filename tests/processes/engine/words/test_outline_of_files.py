"""The outline of a file of several processes, and of what steps and calls pass."""

from processes.engine.words.outline import outline, outline_of_draft
from tests.processes.engine.checks.rules.test_pools import ASKS, DOCUMENTS, HEARS, collaboration
from tests.processes.engine.diagrams import inputs, node, straight, user
from tests.processes.engine.words.test_outline import of, text


def test_every_process_of_a_draft_is_told_and_what_only_documents_is_named() -> None:
    told = outline_of_draft(collaboration(ASKS, HEARS, DOCUMENTS), "q")

    assert [part.title for part in told.parts] == ["", "Proces “p”"]
    assert text(told) == [*text(outline(collaboration(HEARS), "q")), *text(outline(
        collaboration(ASKS), "p"))]  # fmt: skip
    (beside,) = told.beside
    assert "“Pool people”" in beside
    assert "documentatie" in beside


def test_a_version_tells_its_own_process_and_names_the_others() -> None:
    told = outline(collaboration(ASKS, HEARS, DOCUMENTS), "p")

    assert [part.title for part in told.parts] == [""]
    running, documenting = told.beside
    assert "“Pool q”" in running
    assert "“Pool people”" in documenting


def test_what_is_local_to_a_step_and_what_a_call_passes_is_told() -> None:
    mapped = (
        "<bpmn:extensionElements>"
        '<camunda:in source="prijs" target="bedrag"/><camunda:in variables="all" local="true"/>'
        '<camunda:out variables="all"/><camunda:out sourceExpression="${n + 1}" target="n"/>'
        "</bpmn:extensionElements>"
    )
    own = inputs(soort="a").replace(
        "</camunda:inputOutput>",
        '<camunda:outputParameter name="uitslag">${x}</camunda:outputParameter>'
        "</camunda:inputOutput>",
    )
    call = node("callActivity", "c", mapped, calledElement="q")
    (_start, first, second, _end) = of(straight(user("a", own), call, ids=("a", "c")))

    assert first.data == "Eigen gegevens: soort. Geeft door: uitslag."
    assert second.data == (
        "Roept het proces “q” aan. Geeft mee: prijs als bedrag, alle eigen gegevens."
        " Krijgt terug: alles, ${n + 1} als n."
    )
