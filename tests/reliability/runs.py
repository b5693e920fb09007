"""A chaos run in a process of its own: several may go on at the same time.

python -m tests.reliability.runs SETUP FOLDER SIZE [SAFEGUARD]
"""

import json
import logging
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from app.demo.zygote import Child
from tests import programs
from tests.reliability import hosts
from tests.reliability.chaos import run
from tests.reliability.outcome import Outcome
from tests.reliability.setups import SETUPS, Size

RESULT, LOG = "outcome.json", "run.log"


@dataclass(frozen=True)
class Run:
    """One that goes on, or is over."""

    folder: Path
    process: Child

    def outcome(self) -> Outcome:
        """What came of it; waits for its end."""
        self.wait()
        result = self.folder / RESULT
        assert result.exists(), (self.folder / LOG).read_text("utf-8")[-4000:]
        return Outcome(**json.loads(result.read_text("utf-8")))

    def wait(self) -> None:
        """Until it is over, whatever comes of it."""
        self.process.wait()


def begin(setup: str, size: Size, folder: Path, *, without: str = "") -> Run:
    """Start a run; its own folder keeps the logs of all parts."""
    folder.mkdir(parents=True, exist_ok=True)
    arguments = [setup, str(folder), json.dumps(asdict(size)), without]
    begun = programs.begin(
        [__name__, *arguments],
        os.environ,
        folder / LOG,
        starts_others=setup != hosts.NAME,  # there, what was forked before is on another network
    )
    return Run(folder, begun)


def main() -> None:
    setup, folder, given, without = sys.argv[1:]
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    size = Size(**json.loads(given))
    if setup == hosts.NAME:
        found = hosts.run(size, Path(folder))
    else:
        found = run(SETUPS[setup], size, Path(folder), without=without or None)
    (Path(folder) / RESULT).write_text(json.dumps(found.as_json()))


if __name__ == "__main__":
    main()
