"""Which accounts of the older register are shown to who judges a claim (R6)."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from processes.register.legacy.claims import MOST, accounts_like, accounts_named
from processes.register.legacy.staging import stage

pytestmark = pytest.mark.rule("R6")
KVK = "90000099"


def keep(session: Session, folder: Path, *rows: str) -> None:
    """As the older register tells its rows: account, KvK number, name."""
    path = folder / "export.csv"
    told = [f"{number};{row};Dag" for number, row in enumerate(rows)]
    path.write_text("\n".join(["activiteit_id;account;kvknummer;aanbieder;titel", *told]), "utf-8")
    stage(session, path, source="registerleraar")


def test_what_matches_exactly_comes_first_however_many_look_like_it(
    session: Session, tmp_path: Path
) -> None:
    alike = [f"a{number:02};;Aa Leerkring {number:02}" for number in range(MOST + 5)]
    keep(session, tmp_path, *alike, "leerkring;;Leerkring", f"oud;{KVK};Zz")
    claim = {"name": "leerkring", "former_kvk": KVK}
    found = [each.account for each in accounts_like(session, claim)]
    assert (found[:3], len(found)) == (["oud", "leerkring", "a00"], MOST)
    by_account = [each.account for each in accounts_like(session, {"account": "OUD"})]
    assert (by_account, accounts_like(session, {})) == (["oud"], [])
    assert len(accounts_like(session, {"name": "leerkring"})) == MOST


def test_all_accounts_of_a_number_are_found_by_it(session: Session, tmp_path: Path) -> None:
    keep(session, tmp_path, *(f"a{number};{KVK};Leerkring" for number in range(MOST + 5)))
    assert len(accounts_named(session, KVK)) == MOST + 5
