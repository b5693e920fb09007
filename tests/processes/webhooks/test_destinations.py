"""Where webhooks may go: https, no private network in any spelling; judged again at each send."""

import socket
from ipaddress import ip_address

import pytest

from processes.platform.settings import Profile, Settings, use_settings
from processes.webhooks.destinations import (
    BadAddressError,
    NameUnknownError,
    PrivateNetworkError,
    addresses_of,
    destination,
    is_public,
)

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
def production(settings: Settings) -> None:
    use_settings(settings.model_copy(update={"profile": Profile.PRODUCTION}))


def resolve_to(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Names resolve to these, one answer after another; returns the hosts that were asked."""
    asked: list[str] = []
    left = list(answers)

    def resolve(host: str, port: int, **_more: object) -> list[object]:
        asked.append(host)
        return [(0, 0, 0, "", (each, port)) for each in left.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


@pytest.mark.usefixtures("production")
def test_an_address_is_read_into_its_parts() -> None:
    found = destination("https://Haak.Voorbeeld.nl/in%20box?a=1&b=2")
    assert (found.host, found.port, found.path) == ("haak.voorbeeld.nl", 443, "/in%20box?a=1&b=2")
    assert found.authority == "haak.voorbeeld.nl"
    assert destination("https://bücher.example:8443").authority == "xn--bcher-kva.example:8443"
    assert destination("https://[2a00:1450::1]/").authority == "[2a00:1450::1]"


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://voorbeeld.nl/", "https://"),
        ("ftp://voorbeeld.nl/", "https://"),
        ("file:///etc/hosts", "geen webadres"),
        ("voorbeeld.nl", "geen webadres"),
        ("https://", "geen webadres"),
        ("https://voorbeeld.nl:0/", "geen webadres"),
        ("https://voorbeeld.nl:99999/", "geen webadres"),
        ("https://voorbeeld.nl/a b", "geen webadres"),
        ("https://voorbeeld.nl/\r\nX: y", "geen webadres"),
        (f"https://voorbeeld.nl/{'a' * 500}", "geen webadres"),
        ("https://naam:geheim@voorbeeld.nl/", "wachtwoord"),
        ("https://voorbeeld.nl/#deel", "#"),
        ("https://voorbeeld.nl/é", "%-code"),
        ("https://-.nl/", "naam van de computer"),
        ("https://localhost/", "besloten netwerk"),
        ("https://127.0.0.1/", "besloten netwerk"),
        ("https://[::1]/", "besloten netwerk"),
        ("https://10.0.0.8/", "besloten netwerk"),
        ("https://169.254.169.254/latest", "besloten netwerk"),
        ("https://[::ffff:10.0.0.1]/", "besloten netwerk"),
        ("https://printer.local/", "besloten netwerk"),
        ("https://db.internal/", "besloten netwerk"),
    ],
)
def test_what_may_not_be_an_address_is_refused_with_a_reason(url: str, why: str) -> None:
    with pytest.raises(BadAddressError, match=why):
        destination(url)


@pytest.mark.usefixtures("settings")
def test_the_demonstration_takes_http_on_this_machine_and_nowhere_else() -> None:
    assert destination("http://localhost:9000/x").scheme == "http"
    assert addresses_of(destination("http://127.0.0.1:9000/x")) == [ip_address("127.0.0.1")]
    for url in ("http://voorbeeld.nl/", "http://10.0.0.1/"):
        with pytest.raises(BadAddressError):
            destination(url)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2a00:1450:400e::5", True),
        *(
            (each, False)
            for each in (
                *("0.0.0.1", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254"),
                *("172.16.0.1", "192.168.1.1", "198.18.0.1", "224.0.1.1", "255.255.255.255"),
                *("::", "::1", "fc00::1", "fe80::1", "fec0::1", "ff0e::1", "2001:db8::1"),
                *("::ffff:8.8.8.8", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::"),
                *("::10.0.0.1", "2001::a00:1"),
            )
        ),
    ],
)
def test_public_is_one_machine_on_the_internet(
    address: str, public: bool, settings: Settings
) -> None:
    assert settings
    assert is_public(ip_address(address)) is public


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize(
    "answer", [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["::1"], ["::ffff:192.168.0.1"]]
)
def test_a_name_of_a_private_network_is_refused_even_with_a_public_address_beside_it(
    answer: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve_to(monkeypatch, answer)
    with pytest.raises(PrivateNetworkError):
        addresses_of(destination("https://haak.voorbeeld.nl/"))


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize("written", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
def test_other_spellings_of_this_machine_are_judged_as_they_resolve(
    written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve_to(monkeypatch, ["127.0.0.1"])
    with pytest.raises((PrivateNetworkError, BadAddressError)):
        addresses_of(destination(f"https://{written}/"))


@pytest.mark.usefixtures("production")
def test_a_name_is_resolved_at_each_send(monkeypatch: pytest.MonkeyPatch) -> None:
    found = destination("https://haak.voorbeeld.nl/")
    asked = resolve_to(monkeypatch, ["93.184.215.14"], ["10.0.0.1"], [])
    assert addresses_of(found) == [ip_address("93.184.215.14")]
    with pytest.raises(PrivateNetworkError):
        addresses_of(found)
    with pytest.raises(NameUnknownError):
        addresses_of(found)
    assert asked == ["haak.voorbeeld.nl"] * 3


@pytest.mark.usefixtures("production")
def test_a_name_that_nobody_knows_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_given: object, **_more: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(NameUnknownError):
        addresses_of(destination("https://haak.voorbeeld.nl/"))
