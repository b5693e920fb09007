"""The client of webhooks: who is connected to, certificates, redirects, time and size limits."""

import itertools
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from processes.base import set_clock
from processes.platform.settings import Settings
from processes.webhooks.destinations import PrivateNetworkError
from processes.webhooks.models import Trouble
from tests.workers.webhook_receiver import Receiver, Reply, receiver
from workers.clients import webhooks
from workers.clients.webhooks import LARGEST_ANSWER, LONGEST_PAUSE, NotDeliveredError, post

pytestmark = [
    pytest.mark.usefixtures("settings"),
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]


@pytest.fixture
def hook(settings: Settings) -> Iterator[Receiver]:
    assert settings
    with receiver() as made:
        yield made


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate of `localhost`, signed by itself, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(datetime(2090, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "cert.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return str(files[0]), str(files[1])


def trust(monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    context = ssl.create_default_context(cafile=file)
    monkeypatch.setattr(webhooks, "_trusted", lambda: context)


def trouble(url: str, **more: Any) -> Trouble:
    with pytest.raises(NotDeliveredError) as caught:
        post(url, {}, b"{}", **more)
    return caught.value.trouble


def test_a_redirect_is_an_answer_and_is_not_followed(hook: Receiver) -> None:
    hook.answer(302, location="http://127.0.0.1:1/elders")
    answer = post(hook.url, {"webhook-id": "1"}, b"{}")
    assert (answer.status, answer.is_success) == (302, False)
    assert len(hook.requests) == 1


def test_the_address_that_was_judged_is_the_one_connected_to(
    hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads elsewhere at the second question (DNS rebinding) is asked once."""
    asked: list[str] = []

    def resolve(host: str, port: int, *_given: object, **_more: object) -> list[object]:
        asked.append(host)
        first = "127.0.0.1" if len(asked) == 1 else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (first, port))]

    real = socket.getaddrinfo

    def by_name(host: str, port: int, *given: Any, **more: Any) -> Any:
        is_name = host == "localhost"
        return resolve(host, port) if is_name else real(host, port, *given, **more)

    monkeypatch.setattr(socket, "getaddrinfo", by_name)
    assert post(hook.url, {}, b"{}").is_success
    assert asked == ["localhost"]
    assert hook.requests[0].headers["host"] == f"localhost:{hook.port}"
    with pytest.raises(PrivateNetworkError):
        post(hook.url, {}, b"{}")
    assert len(hook.requests) == 1


def test_the_environment_names_no_proxy(hook: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert post(hook.url, {}, b"{}").is_success


def test_over_tls_the_certificate_must_be_that_of_the_host(
    certificate: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiver(certificate) as hook:
        assert trouble(hook.url) is Trouble.CERTIFICATE  # nobody vouches for it
        trust(monkeypatch, certificate[0])
        assert post(hook.url, {}, b"{}").status == 204
        other = hook.url.replace("localhost", "127.0.0.1")
        assert trouble(other) is Trouble.CERTIFICATE


def test_the_machines_own_authorities_and_those_of_mozilla_are_trusted(
    certificate: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", certificate[0])
    webhooks._trusted.cache_clear()  # noqa: SLF001 - it is kept for the life of a process
    try:
        with receiver(certificate) as hook:
            assert post(hook.url, {}, b"{}").is_success
    finally:
        webhooks._trusted.cache_clear()  # noqa: SLF001


def test_a_body_is_read_up_to_a_limit(hook: Receiver) -> None:
    hook.answer(200, b"a" * LARGEST_ANSWER)
    assert len(post(hook.url, {}, b"{}").body or b"") == LARGEST_ANSWER
    hook.answer(200, b"a" * (LARGEST_ANSWER + 5))
    answer = post(hook.url, {}, b"{}")
    assert (answer.body, answer.length) == (None, LARGEST_ANSWER + 1)


def test_an_answer_that_never_ends_is_cut_off_by_the_limit(hook: Receiver) -> None:
    hook.reply = lambda _request: Reply(200, {}, itertools.repeat(b"a" * 1000))
    assert post(hook.url, {}, b"{}").body is None


def test_one_attempt_ends_although_the_other_side_keeps_on_dripping(
    hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte would start a time-out of the socket anew."""
    monkeypatch.setattr(webhooks, "LARGEST_ANSWER", 10**9)
    hook.reply = lambda _request: Reply(200, {}, itertools.repeat(b"a"))
    assert trouble(hook.url, patience=0.5) is Trouble.TIMEOUT


def test_who_does_not_answer_is_not_waited_for(settings: Settings) -> None:
    assert settings
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert trouble(url, patience=0.3) is Trouble.TIMEOUT


def test_time_that_is_over_while_connecting_ends_the_attempt(
    hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    class AtOnce:
        """A timer whose time is over before there is anything to cut."""

        def __init__(self, _seconds: float, cut: Callable[[], None]) -> None:
            self.start = cut

        def cancel(self) -> None:
            """Nothing is left to do."""

    monkeypatch.setattr(threading, "Timer", AtOnce)
    assert trouble(hook.url) is Trouble.TIMEOUT
    assert hook.requests == []


def test_who_is_not_there_is_said(hook: Receiver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert trouble(f"http://127.0.0.1:{port}/") is Trouble.NO_ANSWER
    assert hook.requests == []


def test_another_address_of_the_host_is_tried(
    hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = [ip_address("::1"), ip_address("127.0.0.1")]
    monkeypatch.setattr(webhooks, "addresses_of", lambda _found: both)
    assert post(hook.url, {}, b"{}").is_success


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("120", timedelta(minutes=2)),
        ("999999999999", LONGEST_PAUSE),
        ("Sun, 29 Nov 2026 12:10:00 GMT", timedelta(minutes=10)),
        ("Sun, 29 Nov 2026 11:00:00 GMT", timedelta(0)),
        *((odd, None) for odd in ("", "straks", "-5", "1.5", "²")),
    ],
)
def test_retry_after_is_seconds_or_a_date(
    hook: Receiver, text: str, expected: timedelta | None
) -> None:
    moment = datetime(2026, 11, 29, 12, tzinfo=UTC)
    set_clock(lambda: moment)
    hook.answer(503, retry_after=text.encode().decode("latin-1"))
    assert post(hook.url, {}, b"{}").retry_after == expected
    set_clock(None)
