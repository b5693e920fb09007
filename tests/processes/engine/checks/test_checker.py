"""Checks as a whole: limits on what is read, every rule with its examples, and files of others."""

import re
from pathlib import Path

import pytest

from processes.engine.checks.checker import READING_RULES, RULES, check
from processes.engine.checks.findings import Severity, Vocabulary, is_deployable
from tests.processes.engine.checks.rules.judging import PLAIN, VOCABULARY, examples, found, xor
from tests.processes.engine.diagrams import node, process, straight, user
from tests.steps import calls_of

CORPUS = sorted((Path(__file__).parents[3] / "corpora" / "miwg-reference").glob("*.bpmn"))
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'
DOCTYPE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


def test_every_rule_has_a_bad_and_a_good_diagram() -> None:
    assert set(examples()) == set(RULES)


UNREADABLE = {
    "file-too-large": PLAIN.replace(b"</bpmn:definitions>", b" " * 10**6 + b"</bpmn:definitions>"),
    "not-xml": b"<bpmn",
    "doctype": HEAD + DOCTYPE + PLAIN,
    "encoding": b'<?xml version="1.0" encoding="windows-1251"?>' + PLAIN,
    "too-many-elements": process("<bpmn:dataObject/>" * 6001),
    "too-many-attributes": PLAIN.replace(
        b"<bpmn:userTask ", b"<bpmn:userTask " + b"".join(b'a%d="" ' % n for n in range(101))
    ),
    "nesting-too-deep": process("<bpmn:subProcess>" * 40 + "</bpmn:subProcess>" * 40),
    "not-a-diagram": b"<html/>",
    "too-many-nodes": process("".join(user(f"t{number}") for number in range(701))),
}


@pytest.mark.parametrize("rule", sorted(READING_RULES))
def test_a_file_over_the_limits_is_refused_with_one_finding(rule: str) -> None:
    (finding,) = found(UNREADABLE[rule])

    assert finding.rule == rule
    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"\x00\xff\xfe",
        b"<a>" * 100_000,
        HEAD + BOMB + PLAIN.replace(b'name="a"', b'name="&b;"'),
        HEAD + b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">' + PLAIN,
        b'<?xml version="1.0" encoding="UTF-7"?>' + PLAIN,
        b'<?xml version="1.0" encoding="no-such-code"?>' + PLAIN,
        b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>',
        PLAIN.replace(b"bpmn:process", b"bpmn:collaboration"),
        PLAIN.replace(b"20100524", b"20990101"),
    ],
)
def test_no_hostile_file_is_accepted_or_makes_the_check_raise(xml: bytes) -> None:
    assert not is_deployable(found(xml))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_encodings_of_modellers_are_read(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>{PLAIN.decode()}'

    assert not found(text.replace('name="a"', 'name="Één"').encode(encoding))


def test_an_xinclude_is_not_followed() -> None:
    included = process(
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
        + straight(user("a"), ids=("a",))
    )

    assert "root:" not in str(found(included))


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_a_model_of_somebody_else_gets_a_clear_list(path: Path) -> None:
    calls, findings = calls_of(lambda: check(path.read_bytes(), VOCABULARY))

    assert findings
    assert not is_deployable(findings)
    assert "check-failed" not in {each.rule for each in findings}
    assert all(each.message.strip() for each in findings)
    assert calls < 1_000_000


def test_the_corpus_is_there() -> None:
    assert len(CORPUS) == 21


def test_what_is_still_to_do_may_be_saved_as_a_draft_but_not_deployed() -> None:
    drawn = xor('<bpmn:sequenceFlow id="x" sourceRef="g" targetRef="a"/>'
        '<bpmn:sequenceFlow id="y" sourceRef="g" targetRef="b"/>')  # fmt: skip

    findings = found(drawn)

    assert Severity.ERROR not in {each.severity for each in findings}
    assert not is_deployable(findings)


def test_what_is_wrong_may_not_be_saved() -> None:
    drawn = process(straight(node("scriptTask", "a"), ids=("a",)))
    assert Severity.ERROR in {each.severity for each in found(drawn)}


def test_a_deployed_file_that_cannot_be_read_breaks_no_check() -> None:
    assert not check(PLAIN, VOCABULARY, deployed={"q": b"<broken"})


def test_names_are_put_on_one_line_and_kept_short() -> None:
    named = PLAIN.replace(b'name="a"', b'name="' + b"long&#10;" * 500 + b'"')

    (finding, *_rest) = check(named, Vocabulary())

    assert finding.name is not None
    assert len(finding.name) <= 200
    assert "\n" not in finding.message


ENGLISH = re.compile(
    r"(?i:\b(the|not|found|has|and|with|for|error|cannot|missing|this)\b)"
    r"|\b(None|True|False|NoneType)\b|Error\b|<class|object at"
)
QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”")


def in_english(xml: bytes, beside: dict[str, bytes] | None = None) -> list[str]:
    """The findings about this file that are in English, or have a name of Python in them."""
    told = [QUOTED.sub("", each.message) for each in check(xml, VOCABULARY, deployed=beside or {})]
    return [each for each in told if ENGLISH.search(each)]


def test_a_sentence_in_english_or_with_a_name_of_python_is_known_as_one() -> None:
    told = ("Task has no form.", "Hier staat None.", "ValueError in deze taak.", "Het is True.")
    assert all(ENGLISH.search(each) for each in told)
    assert not ENGLISH.search("Kies true (ja) of false (nee).")


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_no_finding_is_in_english_or_has_a_name_of_python_in_it(path: Path) -> None:
    assert check(path.read_bytes(), VOCABULARY)
    assert in_english(path.read_bytes()) == []


def test_no_finding_about_the_examples_of_the_rules_is_in_english() -> None:
    found_in = {rule: in_english(each.bad, each.beside) for rule, each in examples().items()}
    found_in |= {rule: in_english(xml) for rule, xml in UNREADABLE.items()}
    assert {rule: told for rule, told in found_in.items() if told} == {}
