"""The demonstration finds its ports, keeps them, and gives way to others."""

import socket
from pathlib import Path

import pytest

from app.demo.ports import PortBusyError, choose_ports
from tests.servers import free_port


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
