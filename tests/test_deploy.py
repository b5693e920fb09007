"""The examples in deploy/ are what nginx, systemd and sh accept, where this machine has those."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[1] / "deploy"
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
