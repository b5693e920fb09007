"""A task that sends a webhook draws its address and its pairs as plain texts that can be read."""

import pytest

from processes.engine.checks.findings import Severity
from tests.processes.engine.checks.rules.judging import (
    Example,
    assert_bad_is_found,
    assert_good_is_clean,
    found,
)
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    error,
    inputs,
    job,
    node,
    process,
    straight,
)


def one(**drawn: str) -> bytes:
    return process(straight(job("a", "webhook", inputs(**drawn)), ids=("a",)))


def caught(code: str, statuses: str) -> bytes:
    """A webhook with an error at its border."""
    drawn = inputs(webhook_address="crm", webhook_errors=statuses)
    body = straight(job("a", "webhook", drawn), ids=("a",))
    aside = boundary("b", "a", error(code)) + node("endEvent", "e") + chain("b", "e")
    return process(body + aside, errors=(code,))


RIGHT = one(
    webhook_address="crm",
    webhook_data="naam, bedrag",
    webhook_type="nl.voorbeeld.klacht",
    webhook_answer="nummer = zaak.nummer; regel = regels.0",
)
EXAMPLES = {
    "webhook-address": Example(one(webhook_data="naam"), RIGHT),
    "webhook-unknown-address": Example(one(webhook_address="zaken"), RIGHT),
    "webhook-disabled-address": Example(one(webhook_address="off"), RIGHT),
    "webhook-literal": Example(one(webhook_address="crm", webhook_data="${keuze}"), RIGHT),
    "webhook-pairs": Example(one(webhook_address="crm", webhook_answer="nummer"), RIGHT),
    "webhook-variable": Example(one(webhook_address="crm", webhook_answer="kvk = nummer"), RIGHT),
}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_wrong_webhook_is_found(rule: str) -> None:
    assert_bad_is_found(rule, EXAMPLES[rule])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_right_webhook_is_clean(rule: str) -> None:
    assert_good_is_clean(rule, EXAMPLES[rule])


@pytest.mark.parametrize(
    "pairs", ["404", "404 = ", "200 = mooi", "404 = a, 404 = b", "40x = a", "404 = a b", "= a"]
)
def test_a_pair_of_status_and_error_that_cannot_be_read_is_found(pairs: str) -> None:
    rules = {each.rule for each in found(one(webhook_address="crm", webhook_errors=pairs))}
    assert "webhook-pairs" in rules


@pytest.mark.parametrize("name", ["initiator", "taker", "nrOfInstances", "kvk", "class"])
def test_an_answer_cannot_fill_a_name_of_loket(name: str) -> None:
    rules = {each.rule for each in found(one(webhook_address="crm", webhook_answer=f"{name} = x"))}
    assert "webhook-variable" in rules


@pytest.mark.parametrize("given", ["webhook_address", "webhook_answer", "webhook_errors"])
def test_no_parameter_is_an_expression_or_a_list(given: str) -> None:
    listed = "<camunda:list><camunda:value>x</camunda:value></camunda:list>"
    for value in ("${gekozen}", listed):
        rules = {each.rule for each in found(one(**{"webhook_address": "crm", given: value}))}
        assert "webhook-literal" in rules


def test_a_status_that_becomes_an_error_can_be_caught_at_the_border() -> None:
    right = found(caught("weg", "404 = weg"))
    assert not [str(each) for each in right if each.severity is Severity.ERROR]
    assert not {"error-thrown", "error-caught"} & {each.rule for each in right}
    assert "error-thrown" in {each.rule for each in found(caught("weg", "404 = elders"))}
    alone = found(one(webhook_address="crm", webhook_errors="404 = weg"))
    assert "error-caught" in {each.rule for each in alone}
