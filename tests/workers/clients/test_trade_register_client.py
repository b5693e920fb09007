"""The trade register, played by a server of our own that answers as the KVK does, or worse."""

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from processes.platform.settings import Settings
from processes.register.providers.trade_register import CompanyFacts
from tests import patience
from workers.clients import trade_register as trade_register_client
from workers.clients.trade_register import KvkApi, PublishedExamples, trade_register

PROFILE = {
    "kvkNummer": "68750110",
    "indNonMailing": "Ja",
    "naam": "Test BV Donald",
    "statutaireNaam": "Test BV Donald",
    "formeleRegistratiedatum": "20170519",
    "materieleRegistratie": {"datumAanvang": "20150101", "datumEinde": "20251231"},
    "handelsnamen": [{"naam": "Tweede", "volgorde": 1}, {"naam": "Eerste", "volgorde": 0}],
    "sbiActiviteiten": [{"sbiCode": "85592", "sbiOmschrijving": "T", "indHoofdactiviteit": "Ja"}],
    "_embedded": {
        "hoofdvestiging": {
            "vestigingsnummer": "000037178598",
            "adressen": [
                {
                    "type": "bezoekadres",
                    "indAfgeschermd": "Ja",
                    "straatnaam": "Hizzaarderlaan",
                    "huisnummer": 3,
                    "huisletter": "A",
                    "postcode": "8823SJ",
                    "plaats": "Lollum",
                    "land": "Nederland",
                }
            ],
        },
        "eigenaar": {"rsin": "857587973", "rechtsvorm": "BeslotenVennootschap"},
    },
}
BRANCHES = {"vestigingen": [{"vestigingsnummer": "000037178598"}, {"vestigingsnummer": "2" * 12}]}


@dataclass
class Kvk:
    """What the server answers, per path: a status, a body, and how long it takes."""

    url: str = ""
    status: int = 200
    body: bytes = field(default_factory=lambda: json.dumps(PROFILE).encode())
    may_answer: threading.Event = field(default_factory=threading.Event)
    keys: list[str | None] = field(default_factory=list)


@pytest.fixture
def kvk() -> Iterator[Kvk]:
    kvk = Kvk()
    kvk.may_answer.set()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kvk.keys.append(self.headers["apikey"])
            kvk.may_answer.wait(patience.SECONDS)
            branches = self.path.endswith("/vestigingen")
            body = json.dumps(BRANCHES).encode() if branches else kvk.body
            self.send_response(200 if branches else kvk.status)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(BrokenPipeError):  # who asked may have gone
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    kvk.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield kvk
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_profile_of_the_kvk_becomes_facts(kvk: Kvk) -> None:
    answer = KvkApi(kvk.url, "sleutel").ask("68750110")
    assert (answer.outcome, answer.source) == ("found", "KVK API")
    facts = answer.facts
    assert facts is not None
    assert facts.trade_names == ("Eerste", "Tweede")
    assert facts.rsin == "857587973"
    assert facts.branches == ("000037178598", "2" * 12)
    assert facts.ended_on == date(2025, 12, 31)
    assert facts.no_unsolicited_mail
    assert facts.addresses[0].line == "Hizzaarderlaan 3A, 8823 SJ Lollum"
    assert set(kvk.keys) == {"sleutel"}


@pytest.mark.parametrize("status", [400, 404])
def test_a_number_that_it_does_not_know_is_unknown(kvk: Kvk, status: int) -> None:
    kvk.status, kvk.body = status, b'{"fout": [{"code": "IPD0005"}]}'
    assert KvkApi(kvk.url, "").ask("90004973").outcome == "unknown"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b""),
        (401, b""),
        (302, b""),
        (200, b"<html>storing</html>"),
        (200, b"[]"),
        (200, b'{"kvkNummer": "68750110"}'),
        (200, b'{"naam": 7, "handelsnamen": 3}'),
        (200, b'"' + b"a" * 1_100_000 + b'"'),
    ],
)
def test_whatever_else_it_says_it_is_unavailable(kvk: Kvk, status: int, body: bytes) -> None:
    kvk.status, kvk.body = status, body
    assert KvkApi(kvk.url, "").ask("68750110").outcome == "unavailable"


def test_nobody_waits_long_for_it(kvk: Kvk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sum(trade_register_client.TIMEOUT) <= 3  # a person waits for the page
    monkeypatch.setattr(trade_register_client, "TIMEOUT", (1.0, 0.1))
    kvk.may_answer.clear()
    try:
        assert KvkApi(kvk.url, "").ask("68750110").outcome == "unavailable"
        assert kvk.keys == [""]  # it was asked, and said nothing yet
    finally:
        kvk.may_answer.set()


def test_a_server_that_is_not_there_is_unavailable() -> None:
    assert KvkApi("http://127.0.0.1:1", "").ask("68750110").outcome == "unavailable"


def test_the_demonstration_knows_the_published_examples(settings: Settings) -> None:
    register = trade_register(settings)
    assert isinstance(register, PublishedExamples)
    sole = register.ask("69599084").facts
    assert sole is not None
    assert sole.rsin is None
    assert len(sole.trade_names) == 4
    assert register.ask("90004973").outcome == "unknown"


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (
            {"straatHuisnummer": "Dorpsstraat 5", "postcodeWoonplaats": "2000 Antwerpen"},
            "Dorpsstraat 5, 2000 Antwerpen, België",
        ),
        ({"volledigAdres": "Dorpsstraat 5 België"}, "Dorpsstraat 5, België"),
    ],
)
def test_an_address_abroad_is_shown(kvk: Kvk, given: dict[str, str], line: str) -> None:
    branch = {"adressen": [{"type": "bezoekadres", "land": "België", **given}]}
    kvk.body = json.dumps({**PROFILE, "_embedded": {"hoofdvestiging": branch}}).encode()
    facts = KvkApi(kvk.url, "sleutel").ask("68750110").facts
    assert facts is not None
    assert [each.line for each in CompanyFacts.from_json(facts.as_json()).addresses] == [line]
