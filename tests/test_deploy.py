"""The examples in deploy/ are accepted by nginx, systemd and sh, and name what there is."""

import re
import shlex
import shutil
import subprocess
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
OURS = {name: each for name, each in COMPOSE["services"].items() if "build" in each}
CERTIFICATE = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=a.test"]


def accepted(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def needed(program: str) -> str:
    found = shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin")
    return found or pytest.skip(f"{program} is not on this machine")


def test_nginx_accepts_the_example(tmp_path: Path) -> None:
    nginx, openssl = needed("nginx"), needed("openssl")
    keys = ["-keyout", f"{tmp_path}/privkey.pem", "-out", f"{tmp_path}/fullchain.pem"]
    accepted(openssl, *CERTIFICATE, *keys)
    site = (DEPLOY / "nginx.conf").read_text("utf-8").replace("/etc/ssl/loket", str(tmp_path))
    site = re.sub(r"listen (\[::\]:)?(80|443)", r"listen \g<1>1\g<2>", site)  # for who is not root
    around = "pid {0}/pid; error_log {0}/log; events {{}} http {{ access_log off; {1} }}"
    (tmp_path / "nginx.conf").write_text(around.format(tmp_path, site))
    accepted(nginx, "-t", "-c", f"{tmp_path}/nginx.conf")


def test_nginx_tells_who_asks_wherever_it_passes_on() -> None:
    """Or /metrics takes another machine for its own, and asks no token."""
    site = (DEPLOY / "nginx.conf").read_text("utf-8")
    places = re.findall(r"\n    location [^{]+\{(.*?)\n    \}", site, re.DOTALL)
    passing = [place for place in places if "proxy_pass" in place]
    assert len(passing) == site.count("proxy_pass ")
    assert all("proxy_set_header X-Forwarded-For $remote_addr;" in each for each in passing)


def test_nginx_passes_the_host_with_its_port() -> None:
    """Without it, forms of a portal on another port than 443 are refused as of another site."""
    site = (DEPLOY / "nginx.conf").read_text("utf-8")
    hosts = re.findall(r"proxy_set_header Host (\S+);", site)
    assert hosts == ["$http_host"] * site.count("proxy_pass ")


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    systemd_analyze = needed("systemd-analyze")
    units = sorted((DEPLOY / "systemd").iterdir())
    for unit in units:
        text = unit.read_text("utf-8")
        # Loket need not be installed on the machine that tests it.
        text = re.sub(r"(?m)^ExecStart=/opt/loket/\S+", "ExecStart=/bin/true", text)
        (tmp_path / unit.name).write_text(text.replace("/opt/loket", str(tmp_path)))
    accepted(systemd_analyze, "verify", *(str(tmp_path / unit.name) for unit in units))


@pytest.mark.parametrize("script", ["backup.sh", "restore.sh"])
def test_the_shell_accepts_the_scripts(script: str) -> None:
    accepted(needed("sh"), "-n", str(DEPLOY / script))


def test_compose_builds_the_image_from_files_that_exist() -> None:
    assert set(OURS) == {"prepare", "web", "worker", "scheduler"}
    for service in OURS.values():
        context = (DEPLOY / service["build"]["context"]).resolve()
        assert context == ROOT
        assert (context / service["build"]["dockerfile"]).is_file()
    for line in (DEPLOY / "Dockerfile").read_text("utf-8").splitlines():
        match line.split():
            case ["COPY", *files, _target]:
                assert all((ROOT / file).exists() for file in files)


def test_the_image_holds_no_secrets() -> None:
    left_out = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").split()
    files = [each["file"] for each in COMPOSE["secrets"].values()]
    files += [service["env_file"] for service in OURS.values()]
    assert {f"deploy/{Path(file).name}" for file in files} <= set(left_out)
    assert {"var", ".git"} <= set(left_out)


@pytest.mark.parametrize("name", OURS)
def test_compose_starts_programs_that_loket_installs(name: str) -> None:
    command: list[str] = OURS[name]["command"]
    line = command[-1] if command[0] == "sh" else shlex.join(command)
    scripts = entry_points(group="console_scripts").names
    assert {part.split()[0] for part in line.split(" && ")} <= scripts
    files = [word for word in command if word.startswith("deploy/")]
    assert all((ROOT / file).is_file() for file in files)


@pytest.mark.parametrize("name", OURS)
def test_every_part_runs_with_the_least_it_needs(name: str) -> None:
    service = OURS[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "/tmp" in service["tmpfs"]  # noqa: S108 - a folder of the container
    assert f"state:{service['environment']['LOKET_VAR']}" in service["volumes"]


def test_what_a_service_needs_is_declared() -> None:
    services: dict[str, Any] = COMPOSE["services"]
    for service in services.values():
        assert set(service.get("depends_on", ())) <= set(services)
        assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
        assert {each.split(":")[0] for each in service.get("volumes", ())} <= set(
            COMPOSE["volumes"]
        )


@pytest.mark.parametrize(("service", "unit"), [("web", "loket-web"), ("worker", "loket-worker")])
def test_containers_get_as_long_to_stop_as_units(service: str, unit: str) -> None:
    text = (DEPLOY / "systemd" / f"{unit}.service").read_text("utf-8")
    found = re.search(r"(?m)^TimeoutStopSec=(\d+)$", text)
    assert found
    grace = {"40s": 40, "2m": 120}[OURS[service]["stop_grace_period"]]
    assert grace == int(found[1])


def test_web_processes_add_up_their_metrics_in_a_folder_that_is_empty_at_each_start() -> None:
    web = OURS["web"]
    folder = web["environment"]["PROMETHEUS_MULTIPROC_DIR"]
    assert any(each.startswith(f"{folder}:") for each in web["tmpfs"])
