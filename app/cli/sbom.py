"""The command `loket sbom`: a software bill of materials (CycloneDX 1.6) from the lock files."""

import base64
import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

# Imports stand in the commands, as in app.cli: `loket --help` starts fast.

PYTHON = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)
NAMESPACE = uuid.UUID("3f0a8a39-6c2e-4f51-9a31-0f0a4b6d4f10")
SPEC = "1.6"


@click.command()
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="Folder of the project, with its lock files.",
)
def sbom(folder: Path) -> None:
    """Write what Loket is built of, as CycloneDX JSON, to standard output.

    From requirements.lock and frontend/package-lock.json: the same locks give the same text.
    """
    click.echo(json.dumps(bill_of(folder), indent=2, ensure_ascii=False))


def bill_of(folder: Path) -> dict[str, Any]:
    """The bill as JSON values. Raises OSError where a lock file is not there."""
    lock = (folder / "requirements.lock").read_text("utf-8")
    packages = json.loads((folder / "frontend" / "package-lock.json").read_text("utf-8"))
    components = {each["bom-ref"]: each for each in (*_python(lock), *_npm(packages["packages"]))}
    ordered = [components[reference] for reference in sorted(components)]
    serial = uuid.uuid5(NAMESPACE, json.dumps(ordered, sort_keys=True))
    return {
        "$schema": f"http://cyclonedx.org/schema/bom-{SPEC}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPEC,
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "loket", "bom-ref": "loket"}},
        "components": ordered,
        "dependencies": [{"ref": "loket", "dependsOn": sorted(components)}],
    }


def _python(lock: str) -> Iterator[dict[str, Any]]:
    """What pip installs; the hashes of its files stand in the lock itself."""
    for name, version in PYTHON.findall(lock):
        yield _component(name, version, f"pkg:pypi/{name}@{version}")


def _npm(packages: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What the scripts and styles are built of, with the hash of each archive."""
    for path, package in packages.items():
        if not path or package.get("link"):
            continue
        name, version = path.rpartition("node_modules/")[2], package["version"]
        purl = f"pkg:npm/{name.replace('@', '%40')}@{version}"
        component = _component(name, version, purl)
        algorithm, _, digest = package.get("integrity", "").partition("-")
        if algorithm == "sha512":
            content = base64.b64decode(digest).hex()
            component["hashes"] = [{"alg": "SHA-512", "content": content}]
        if isinstance(package.get("license"), str):
            component["licenses"] = [{"expression": package["license"]}]
        yield component


def _component(name: str, version: str, purl: str) -> dict[str, Any]:
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


def register(main: click.Group) -> None:
    """Add the command to `loket`."""
    main.add_command(sbom)
