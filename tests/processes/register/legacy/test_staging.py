"""Exports are staged as they came; companies are found by KvK number (R5, R7)."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.register.legacy.files import LegacyFileError
from processes.register.legacy.staging import (
    CAN_CLAIM,
    NO_KVK,
    LegacyImport,
    LegacyOffer,
    LegacyProvider,
    count_of,
    is_known,
    kvk_number,
    stage,
)

KVK = "01234567"


@pytest.fixture
def export(tmp_path: Path) -> Any:
    def write(*lines: str) -> Path:
        path = tmp_path / "export.csv"
        header = "activiteit_id;account;kvknummer;aanbieder;titel;inhoud"
        path.write_text("\n".join([header, *lines]), "utf-8")
        return path

    return write


def offers(session: Session) -> dict[str, LegacyOffer]:
    return {offer.legacy_id: offer for offer in session.scalars(select(LegacyOffer))}


@pytest.mark.rule("R47")
def test_rows_are_kept_as_they_came(session: Session, export: Any) -> None:
    path = export("17;a;1234567;Voorbeeld; Dag ;<b>x</b>", f"18;a;{KVK};Voorbeeld;Nog een;")

    staged = stage(session, path, source="registerleraar")

    assert (staged.rows, staged.problems) == (2, [])
    assert offers(session)["17"].raw["titel"] == " Dag "
    assert offers(session)["17"].kvk == KVK
    assert count_of(session, KVK) == 2


def test_a_provider_without_offers_is_known(session: Session, export: Any) -> None:
    stage(session, export(f";a;{KVK};Voorbeeld;;"), source="registerleraar")

    assert is_known(session, KVK)
    assert count_of(session, KVK) == 0
    assert not is_known(session, "76543210")


def test_the_same_file_is_staged_once(session: Session, export: Any) -> None:
    path = export(f"17;a;{KVK};Voorbeeld;Dag;")

    first = stage(session, path, source="registerleraar")

    assert stage(session, path, source="registerleraar") is first
    assert len(session.scalars(select(LegacyImport)).all()) == 1


def test_a_newer_file_replaces_the_texts_of_its_rows(session: Session, export: Any) -> None:
    stage(session, export(f"17;a;{KVK};V;Dag;", f"18;a;{KVK};V;Blijft;"), source="registerleraar")
    before = offers(session)["17"].checksum

    stage(session, export(f"17;a;{KVK};V;Goedendag;"), source="registerleraar")

    assert set(offers(session)) == {"17", "18"}
    assert offers(session)["17"].raw["titel"] == "Goedendag"
    assert offers(session)["17"].checksum != before


def test_a_row_that_cannot_be_staged_is_told(session: Session, export: Any) -> None:
    path = export("17;a;onbekend;V;Dag;", f";a;{KVK};V;Zonder nummer;", f"18;a;{KVK};V;Goed;")

    staged = stage(session, path, source="registerleraar")

    assert staged.problems == [
        f"Rij 2: geen KvK-nummer van 8 cijfers (onbekend).{CAN_CLAIM}",
        "Rij 3: de activiteit heeft geen nummer.",
    ]
    assert set(offers(session)) == {"17", "18"}
    assert offers(session)["17"].kvk == NO_KVK  # waits for who claims it (R6)


def test_a_row_without_number_and_account_is_told(session: Session, export: Any) -> None:
    staged = stage(session, export("17;;;V;Dag;", f"18;;{KVK};V;Dag;"), source="registerleraar")

    assert staged.problems == ["Rij 2: geen KvK-nummer van 8 cijfers (leeg)."]
    assert set(offers(session)) == {"18"}


def test_a_number_that_stands_twice_is_kept_for_the_report(session: Session, export: Any) -> None:
    path = export(f"17;a;{KVK};V;Dag;", f"17;a;{KVK};V;Dag;")

    stage(session, path, source="registerleraar")

    assert set(offers(session)) == {"17", "17#2"}


@pytest.mark.rule("R7")
def test_two_accounts_of_one_company_stay_apart(session: Session, export: Any) -> None:
    path = export(f"17;a;{KVK};V;Dag;", f"18;b;{KVK};V;Dag;", "19;b;76543210;W;Dag;")

    stage(session, path, source="registerleraar")

    accounts = session.execute(select(LegacyProvider.account, LegacyProvider.kvk)).all()
    assert {tuple(row) for row in accounts} == {
        ("a", KVK),
        ("b", KVK),
        ("b/76543210", "76543210"),
    }
    assert offers(session)["18"].account == "b"


def test_a_file_without_the_columns_we_need_is_refused(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("naam;adres\nDag;Straat\n", "utf-8")

    with pytest.raises(LegacyFileError, match="kvk"):
        stage(session, path, source="registerleraar")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("01234567", "01234567"),
        (" 0123 4567 ", "01234567"),
        ("1234567", "01234567"),
        ("123456789", None),
        ("12345", None),
        ("0123456a", None),
        ("00000000", None),
        ("٠١٢٣٤٥٦٧", None),
        ("", None),
    ],
)
def test_a_kvk_number_has_eight_digits(text: str, number: str | None) -> None:
    assert kvk_number(text) == number
