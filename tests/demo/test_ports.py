"""The demonstration finds its ports, keeps them, and gives way to others."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.demo import ports
from app.demo.ports import PortBusyError, choose_ports
from tests import servers
from tests.servers import free_port

ROOT = Path(__file__).parents[2]
# Below those that parts of the product and outgoing connections get: of no test that runs beside.
OF_NOBODY = range(8_200, 8_300)


def test_ports_are_all_different_and_remembered(tmp_path: Path) -> None:
    web, memory = free_port(), tmp_path / "ports.json"
    first = choose_ports(web, memory)
    assert len(set(first.values())) == len(first) == 5
    assert first["web"] == web
    assert choose_ports(web, memory) == first


def test_a_port_that_somebody_took_is_replaced(tmp_path: Path) -> None:
    web, memory = free_port(), tmp_path / "ports.json"
    first = choose_ports(web, memory)
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", first["mailbox"]))
        somebody.listen()
        second = choose_ports(web, memory)
    assert second["mailbox"] != first["mailbox"]
    assert second["login"] == first["login"]


def test_the_port_of_the_portal_is_the_one_that_was_asked_for(tmp_path: Path) -> None:
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        with pytest.raises(PortBusyError):
            choose_ports(somebody.getsockname()[1], tmp_path / "ports.json")


@pytest.mark.parametrize(
    ("range_of_the_kernel", "ours"),
    [("32768 60999", range(10_000, 32_768)), ("1024 65535", range(10_000, 65_536))],
)
def test_no_outgoing_connection_gets_the_port_of_a_part_where_the_kernel_leaves_any(
    range_of_the_kernel: str, ours: range, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = tmp_path / "ip_local_port_range"
    kernel.write_text(f"{range_of_the_kernel}\n")
    monkeypatch.setattr(ports, "EPHEMERAL", kernel)
    web = 65_533  # just above it there is no room for all
    found = choose_ports(web, tmp_path / "ports.json")
    assert {found["smtp"], found["broker"]} <= set(ours)
    assert len(set(found.values())) == 5


def test_tests_that_run_at_the_same_time_never_get_the_same_port(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = f"""from tests import servers
servers.lasting_ports = lambda: {list(OF_NOBODY)}
print(servers.free_port())
input()"""
    other = subprocess.Popen(
        [sys.executable, "-c", asked], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    assert other.stdout
    taken = int(other.stdout.readline())
    monkeypatch.setattr(servers, "lasting_ports", lambda: iter([taken]))
    with pytest.raises(servers.PortsUsedUpError):
        free_port()
    monkeypatch.setattr(servers, "lasting_ports", lambda: iter(OF_NOBODY))
    assert free_port() != taken
    other.communicate(b"\n")
    monkeypatch.setattr(servers, "lasting_ports", lambda: iter([taken]))
    assert free_port() == taken
