"""Claims of OIDC brokers come out under one name, wherever a broker puts them."""

from contextlib import suppress
from typing import Any

import pytest
from pydantic import ValidationError

from app.auth.claim_paths import MEANINGS, PRESETS, with_known_names
from app.auth.claims import (
    ACTING_SUBJECT,
    BRANCH,
    KVK_TYPE,
    LEGAL_SUBJECT,
    LEGAL_SUBJECT_TYPE,
    RSIN_TYPE,
    SERVICE_ID,
    SERVICE_UUID,
    NoKvkNumberError,
    OddClaimsError,
    acting_employee,
    check_service,
)
from processes.platform.levels import URN
from processes.platform.settings import Settings


def named(claims: dict[str, Any], **settings: Any) -> dict[str, Any]:
    return with_known_names(claims, Settings(**settings))


def test_a_broker_with_the_names_of_etoegang_needs_no_settings() -> None:
    claims = dict.fromkeys(MEANINGS.values(), "x") | {"sub": "y"}
    assert named(claims) == claims


def test_the_preset_of_signicat_reads_its_names() -> None:
    given = {
        "chamberOfCommerce": "68750110",
        "eherkenningPseudo": "abc",
        "eherkenningVestigingsNr": "000037178598",
        "eherkenningIntermediatekvkNr": "90001354",
        "organisationName": "Test BV Donald",
        "acr": f"{URN}loa3",
    }
    found = acting_employee(named(given, oidc_eherkenning_preset="signicat"))
    assert (found.kvk, found.subject, found.branch) == ("68750110", "abc", "000037178598")
    assert (found.intermediary, found.company, found.level) == (
        "90001354",
        "Test BV Donald",
        "loa3",
    )


@pytest.mark.parametrize(
    ("path", "claims"),
    [
        (["a.b"], {"a.b": "68750110", "a": {"b": "1"}}),
        (["urn:x:y"], {"urn:x:y": "68750110"}),
        (["company", "urn:kvk"], {"company": {"urn:kvk": "68750110"}}),
    ],
)
def test_a_path_is_a_list_of_names(path: list[str], claims: dict[str, Any]) -> None:
    found = named(claims, oidc_eherkenning_claims={"kvk": path})
    assert found[LEGAL_SUBJECT] == "68750110"


@pytest.mark.parametrize("claims", [{}, {"a": "text"}, {"a": ["b"]}, {"a": {"c": 1}}])
def test_a_path_that_leads_nowhere_gives_no_claim(claims: dict[str, Any]) -> None:
    given = claims | {LEGAL_SUBJECT: "68750110"}
    assert LEGAL_SUBJECT not in named(given, oidc_eherkenning_claims={"kvk": ["a", "b"]})


@pytest.mark.parametrize(
    ("value", "level"),
    [("substantial", "loa3"), (2, "loa2plus"), (f"{URN}loa4", "loa4"), ("high", None)],
)
def test_values_of_levels_are_mapped(value: object, level: str | None) -> None:
    known = {"substantial": "loa3", "2": "loa2plus"}
    claims = {LEGAL_SUBJECT: "68750110", ACTING_SUBJECT: "abc", "assurance": value}
    found = named(
        claims,
        oidc_eherkenning_claims={"level": ["assurance"]},
        oidc_eherkenning_levels=known,
    )
    assert acting_employee(found).level == level


def test_a_restriction_that_is_not_known_is_no_mandate_for_the_whole_company() -> None:
    claims = {LEGAL_SUBJECT: "68750110", ACTING_SUBJECT: "abc"}
    assert acting_employee(named(claims)).branch is None
    other = BRANCH.replace("Vestigingsnr", "SubdossierNr")
    with pytest.raises(OddClaimsError):
        acting_employee(named(claims | {other: "0001"}))


@pytest.mark.parametrize(
    "odd",
    [
        {"oidc_eherkenning_claims": {"unknown": ["x"]}},
        {"oidc_eherkenning_claims": {"kvk": "x"}},
        {"oidc_eherkenning_levels": {"high": "loa9"}},
        {"oidc_eherkenning_preset": "nobody"},
    ],
)
def test_odd_settings_are_refused_at_the_start(odd: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(**odd)


def test_a_preset_names_what_there_is() -> None:
    assert all(set(paths) <= set(MEANINGS) for paths in PRESETS.values())


@pytest.mark.parametrize("odd", [[], ["x"], {"x": 1}, 1, 1.5, True, "", "\x00", "x" * 5000])
@pytest.mark.parametrize("name", [*MEANINGS.values(), "sub"])
def test_a_claim_of_another_kind_is_odd_and_no_fault_of_ours(name: str, odd: Any) -> None:
    """Many providers give a claim as a list as soon as there may be more of it."""
    claims = dict.fromkeys(MEANINGS.values(), "12345678") | {
        LEGAL_SUBJECT_TYPE: KVK_TYPE,
        BRANCH: "000037178598",
        RSIN_TYPE: "001234567",
        SERVICE_ID: "ours",
        SERVICE_UUID: "ours",
        "sub": "somebody",
        name: odd,
    }
    with suppress(OddClaimsError, NoKvkNumberError):
        check_service(named(claims), {SERVICE_ID: "ours", SERVICE_UUID: "ours"})
        assert acting_employee(named(claims)).kvk == "12345678"
