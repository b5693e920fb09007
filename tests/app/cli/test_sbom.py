"""The bill of materials names every locked package once, as CycloneDX asks."""

import json
import re
from pathlib import Path

from app.cli.sbom import bill_of
from tests.app.cli.test_operations import loket

ROOT = Path(__file__).parents[3]


def test_every_locked_package_is_in_it_once() -> None:
    bill = bill_of(ROOT)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", bill["serialNumber"])
    references = [each["bom-ref"] for each in bill["components"]]
    assert len(references) == len(set(references))
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    pinned = [line.split(" ")[0] for line in lock.splitlines() if re.match(r"[a-z0-9].*==", line)]
    assert {f"pkg:pypi/{each.replace('==', '@')}" for each in pinned} <= set(references)
    packages = json.loads((ROOT / "frontend" / "package-lock.json").read_text("utf-8"))["packages"]
    of_npm = [each for each in references if each.startswith("pkg:npm/")]
    assert len(of_npm) == len({(key.rpartition("node_modules/")[2], value["version"])
                               for key, value in packages.items() if key})  # fmt: skip


def test_each_component_is_well_formed() -> None:
    for each in bill_of(ROOT)["components"]:
        assert each["type"] == "library"
        assert re.fullmatch(r"pkg:(pypi|npm)/[\w%./-]+@[\w.+!-]+", each["purl"]), each
        for digest in each.get("hashes", []):
            assert re.fullmatch(r"[0-9a-f]{128}", digest["content"])


def test_it_is_what_the_schema_of_cyclonedx_asks() -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator  # late: it takes two seconds

    validator = JsonStrictValidator(SchemaVersion.V1_6)
    bill = bill_of(ROOT)
    assert validator.validate_str(json.dumps(bill)) is None
    bill["components"][0]["type"] = "thing"
    assert validator.validate_str(json.dumps(bill)) is not None


def test_the_same_locks_give_the_same_text() -> None:
    first, second = (loket("sbom", "--folder", str(ROOT)) for _ in range(2))
    assert first.exit_code == 0
    assert first.output == second.output
    assert json.loads(first.output)["components"]
