"""The workload of the engine benchmark: one onboarding."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from processes.engine.registry import DELEGATES, delegate

ROOT = Path(__file__).parents[2]
KEY, DELEGATE = "provider_onboarding", "bench_register_provider"
KVK = "68750110"
ACTOR = "medewerker 1"

DECLARATION = {
    "declaration": {
        "set_version": 1,
        "answers": {"1": "ja", "2": "ja", "3": "ja", "4": "ja"},
        "complaints_url": "https://www.scholing.example/klachten",
    },
    "all_yes": True,
    "actor": ACTOR,
}
CONTACT = {
    "name": "Noor de Wit",
    "email": "noor@scholing.example",
    "phone": "+31201234567",
    "function": None,
    "public": False,
}
REGISTERED = {
    "provider_id": "0b9c1d0e-3f52-4a7e-9f0e-0d7c5a3b1e11",
    "reference": "AB-2026-7K3M9Q",
    "company_known": True,
}


def diagram() -> bytes:
    """The onboarding as it is shipped, but for its delegate: what the register writes is no engine.

    The delegate that takes its place writes nothing, so that all contestants write the same rows.
    """
    if DELEGATE not in DELEGATES:
        delegate(DELEGATE, title="Aanbieder registreren, zonder te schrijven")(register_provider)
    xml = (ROOT / "bpmn" / f"{KEY}.bpmn").read_bytes()
    return xml.replace(b"${register_provider}", f"${{{DELEGATE}}}".encode())


def register_provider(
    _session: Session, kvk: str, declaration: dict[str, Any], company: dict[str, Any]
) -> dict[str, Any]:
    """What the delegate of the onboarding gives back."""
    assert kvk, declaration
    assert company
    return REGISTERED


def started(kvk: str) -> dict[str, Any]:
    """The variables that an onboarding begins with."""
    return {"kvk": kvk, "reference": REGISTERED["reference"]}


def steps() -> Mapping[str, dict[str, Any]]:
    """Element id and answers of each user task, in the order of the diagram."""
    company = {
        "company": {
            "known": True,
            "corrections": {},
            "display_name": "Donald Nascholing",
        },
        "contact": CONTACT,
        "next": "review",
        "actor": ACTOR,
    }
    return {
        "quality_requirements": DECLARATION,
        "company_details": company,
        "review": {"change": "", "actor": ACTOR},
    }
