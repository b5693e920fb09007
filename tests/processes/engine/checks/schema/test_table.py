"""Each element, attribute and part of BPMN, DMN and Camunda 7 runs, warns or is refused."""

from pathlib import Path

import pytest

from processes.engine.checks.checker import RULES
from processes.engine.checks.rules.schema import reading
from processes.engine.checks.schema.document import as_markdown
from processes.engine.checks.schema.table import Schema, Verdict, schema
from processes.engine.diagram.graph import read
from processes.engine.sentences.catalogue import word_list
from tests.processes.engine.diagrams import process

LANGUAGES = ("bpmn", "dmn")
DOCS = Path(__file__).parents[5] / "docs" / "engine.md"
BEGIN, END = "<!-- table of elements: begin -->\n", "\n<!-- table of elements: end -->"
MADE_UP = "x9"


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_in_the_schema_runs_warns_or_is_refused(language: str) -> None:
    table = schema(language)
    assert [fact for fact in table.facts() if fact not in table.verdicts] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_verdict_is_about_what_the_schema_does_not_know(language: str) -> None:
    table = schema(language)
    facts = set(table.facts())
    for name in table.verdicts:
        owner, _, member = name.partition(".")
        exception = ":" in member and owner in table.types
        assert name in facts or exception, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_another_rule_tells_is_told_by_a_rule_that_exists(language: str) -> None:
    rules = {each.rule for each in schema(language).verdicts.values() if each.rule}
    assert rules <= set(RULES)


def test_a_refused_element_is_refused_by_a_rule_or_for_a_reason() -> None:
    reasons = word_list("checks.refused-elements")
    table = schema("bpmn")
    for name, judgement in table.verdicts.items():
        if name in table.types and name.startswith("bpmn:"):
            told = judgement.rule or _tag(name) in reasons
            within = name in {
                "bpmn:InputOutputSpecification",
                "bpmn:ImplicitThrowEvent",
                "bpmn:InputOutputBinding",
                "bpmn:CorrelationPropertyRetrievalExpression",
                "bpmn:CorrelationPropertyBinding",
                "bpmn:GlobalChoreographyTask",
            }
            assert (judgement.verdict is not Verdict.REFUSED) or told or within, name
    refused = {_tag(n) for n, j in table.verdicts.items() if j.verdict is Verdict.REFUSED}
    refused |= {n.partition(".")[2] for n in table.verdicts if n.endswith(".ioSpecification")}
    assert set(reasons) - refused == set()


def _tag(name: str) -> str:
    local = name.partition(":")[2]
    return local[:1].lower() + local[1:]


def _placed(table: Schema, fact: str) -> list[tuple[str, str]]:
    """The elements that run and have this attribute, with how it is written there."""
    owner, _, attribute = fact.partition(".")
    prefix = owner.partition(":")[0]
    return [
        (name, f"{prefix}:{attribute}" if prefix != name.partition(":")[0] else attribute)
        for name, judgement in table.verdicts.items()
        if name in table.types and judgement.verdict is Verdict.RUNS
        if owner in table.lineage(name) and name not in {"bpmn:Definitions", "bpmn:Expression"}
    ]


def _attributes() -> list[str]:
    table = schema("bpmn")
    return [
        f"{name}.{attribute}"
        for name, facts in table.types.items()
        for attribute in facts["attributes"]
        if _placed(table, f"{name}.{attribute}")
    ]


@pytest.mark.parametrize("fact", _attributes())
def test_an_attribute_is_told_by_its_name_wherever_it_does_not_run(fact: str) -> None:
    table = schema("bpmn")
    owner, _, attribute = fact.partition(".")
    for name, written in _placed(table, fact):
        drawn = f'<{name.partition(":")[0]}:{_tag(name)} id="a" {written}="{MADE_UP}"/>'
        if attribute == "id":
            continue
        judgement = table.of_attribute(name, owner.partition(":")[0], attribute)
        found = reading(read(process(drawn)))
        told = {
            Verdict.WARNING: found.ignored,
            Verdict.REFUSED: found.refused,
            Verdict.RUNS: {},
        }
        assert judgement is not None
        names = [each for names in told[judgement.verdict].values() for each in names]
        silent = judgement.rule or judgement.verdict is Verdict.RUNS
        assert bool(silent) != any(attribute in each for each in names), (name, judgement)


def test_the_documents_show_the_table() -> None:
    text = DOCS.read_text()
    assert text[text.index(BEGIN) + len(BEGIN) : text.index(END)] == as_markdown()
