"""Client of the trade register: the KVK API, or a file with its published examples."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

from processes.platform.settings import Settings
from processes.reading.json_text import read_json
from processes.register.providers.trade_register import (
    FOUND,
    UNAVAILABLE,
    UNKNOWN,
    Activity,
    Address,
    CompanyFacts,
)

HOME = "Nederland"
TIMEOUT = (1.0, 2.0)  # seconds; a person is waiting for the page
NOT_KNOWN = {400, 404}
LARGEST_ANSWER = 1_000_000  # bytes


@dataclass(frozen=True)
class Answer:
    """The answer: found with facts, unknown, or unavailable."""

    outcome: str
    facts: CompanyFacts | None
    source: str


class TradeRegister(Protocol):
    """The port, behind which the version of the API may change (C2)."""

    def ask(self, kvk: str) -> Answer: ...


def trade_register(settings: Settings) -> TradeRegister:
    """The trade register of these settings."""
    if settings.kvk_api_url:
        key = settings.kvk_api_key.get_secret_value() if settings.kvk_api_key else ""
        return KvkApi(settings.kvk_api_url, key)
    return PublishedExamples()


class PublishedExamples:
    """The fictitious companies that KVK publishes; used by the demonstration."""

    SOURCE = "voorbeeldbestand"

    def ask(self, kvk: str) -> Answer:
        profile = _examples().get(kvk)
        if profile is None:
            return Answer(UNKNOWN, None, self.SOURCE)
        return Answer(FOUND, facts_of(profile), self.SOURCE)


@cache
def _examples() -> dict[str, dict[str, Any]]:
    text = files("workers.clients").joinpath("sample_companies.json").read_text("utf-8")
    profiles: list[dict[str, Any]] = json.loads(text)
    return {profile["kvkNummer"]: profile for profile in profiles}


class KvkApi:
    """Basisprofiel v1 of the KVK API."""

    SOURCE = "KVK API"

    def __init__(self, url: str, key: str) -> None:
        self._url = url.rstrip("/")
        self._key = key

    def ask(self, kvk: str) -> Answer:
        import requests  # with the first question

        try:
            profile = self._get(kvk)
            if profile is None:
                return Answer(UNKNOWN, None, self.SOURCE)
            branches = self._get(f"{kvk}/vestigingen") or {}
            embedded = (profile.get("_embedded") or {}) | {
                "vestigingen": branches.get("vestigingen")
            }
            return Answer(FOUND, facts_of(profile | {"_embedded": embedded}), self.SOURCE)
        except (requests.RequestException, ValueError, KeyError, TypeError, AttributeError):
            return Answer(UNAVAILABLE, None, self.SOURCE)

    def _get(self, path: str) -> dict[str, Any] | None:
        """The answer as it came, or None when the trade register does not know the number."""
        import requests

        response = requests.get(
            f"{self._url}/v1/basisprofielen/{path}",
            headers={"apikey": self._key, "Accept": "application/hal+json"},
            timeout=TIMEOUT,
            allow_redirects=False,
        )
        if response.status_code in NOT_KNOWN:
            return None
        response.raise_for_status()
        if response.status_code != requests.codes.ok or len(response.content) > LARGEST_ANSWER:
            message = "this is no answer of the trade register"
            raise ValueError(message)
        answer: dict[str, Any] = read_json(response.content)
        return answer


def facts_of(profile: Mapping[str, Any]) -> CompanyFacts:
    """A Basisprofiel as facts; booleans are "Ja" and "Nee", dates are eight digits (C1)."""
    embedded = profile.get("_embedded") or {}
    owner, main = embedded.get("eigenaar") or {}, embedded.get("hoofdvestiging") or {}
    period = profile.get("materieleRegistratie") or {}
    names = sorted(profile.get("handelsnamen") or [], key=lambda each: each.get("volgorde", 0))
    addresses = main.get("adressen") or owner.get("adressen") or []
    return CompanyFacts(
        kvk=profile["kvkNummer"],
        name=profile["naam"],
        statutory_name=profile.get("statutaireNaam"),
        trade_names=tuple(each["naam"] for each in names),
        legal_form=owner.get("rechtsvorm") or "",
        rsin=owner.get("rsin"),
        branch=main.get("vestigingsnummer"),
        branches=_branches(embedded),
        addresses=tuple(_address(each) for each in addresses),
        activities=tuple(
            Activity(
                code=each.get("sbiCode", ""),
                description=each.get("sbiOmschrijving", ""),
                is_main=each.get("indHoofdactiviteit") == "Ja",
            )
            for each in profile.get("sbiActiviteiten") or []
        ),
        websites=tuple(main.get("websites") or ()),
        employees=profile.get("totaalWerkzamePersonen"),
        no_unsolicited_mail=profile.get("indNonMailing") == "Ja",
        registered_on=_date(profile.get("formeleRegistratiedatum")),
        ended_on=_date(period.get("datumEinde")),
    )


def _branches(embedded: Mapping[str, Any]) -> tuple[str, ...]:
    """All branches, or none when we were not told: nobody may take the main one for all (R55)."""
    return tuple(each["vestigingsnummer"] for each in embedded.get("vestigingen") or [])


def _address(each: Mapping[str, Any]) -> Address:
    return Address(
        kind=each.get("type") or "bezoekadres",
        street=each.get("straatnaam") or "",
        number=each.get("huisnummer"),
        letter=each.get("huisletter") or "",
        addition=each.get("huisnummerToevoeging") or "",
        po_box=each.get("postbusnummer"),
        postcode=(each.get("postcode") or "").replace(" ", ""),
        place=each.get("plaats") or "",
        country=each.get("land") or HOME,
        shielded=each.get("indAfgeschermd") == "Ja",
        abroad=_abroad(each),
    )


def _abroad(each: Mapping[str, Any]) -> str:
    """The address outside the Netherlands in one line; it has fields of its own."""
    country = each.get("land") or HOME
    if country == HOME:
        return ""
    lines = [each.get(name) for name in ("straatHuisnummer", "postcodeWoonplaats", "regio")]
    whole = str(each.get("volledigAdres") or "").removesuffix(country).strip(" ,")
    return ", ".join(line for line in lines if line) or whole


def _date(text: str | None) -> date | None:
    """Eight digits; the KVK writes 00 for a day or month that it does not know."""
    if not text or text.endswith("00"):
        return None
    return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a day has no time zone
