"""Benchmark: a diagram of 500 nodes in the browser, opened and saved, beside an older build.

./run bench editor --before COMMIT [--rounds N] [--nodes N]

Both bundles (app/static of that commit, and as it is now) get a page of their own and a fake server
that answers at once, in turns in one browser: what is measured is the browser's share. Prints
milliseconds, medians, and for each the ratio of now to before:

- open: until what is in view is drawn, on the screen, and can be chosen and changed;
- whole: until every element is drawn and the properties panel is there (before there were two
  steps: the same moment as open);
- save: from a change then, until it is kept.
"""

import argparse
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from processes.engine.diagram.layout.drawing import with_drawing
from tests.journeys import editor_page
from tests.journeys.conftest import CHROMIUM, SWITCHES
from tests.processes.engine.diagrams import chain, node, process, user
from tests.product import ROOT

PATIENCE = 120_000  # milliseconds
# After the frame in which the page says so: by then the browser has laid it out and drawn it.
# The editor begins when the page has been read, not within its script: there a request makes a
# browser that is being watched (as Playwright does) read the whole script twice more for the trace.
TELL_WHEN = """
Object.defineProperty(document, 'readyState', { configurable: true, get: () => 'loading' });
addEventListener('DOMContentLoaded', () => { delete document.readyState; }, true);
const later = (act) => requestAnimationFrame(() => setTimeout(act));
for (const name of ['ready', 'complete']) {
  addEventListener(`loket:${name}`, () => later(() => performance.mark(name)), true);
}
"""
MOMENT = """name => new Promise((told) => {
  const look = () => {
    const [mark] = performance.getEntriesByName(name);
    if (mark) told(mark.startTime); else requestAnimationFrame(look);
  };
  look();
})"""
EMPTY = "document.querySelectorAll('.djs-element > .djs-visual:empty').length"
# Chosen with a click where it is seen, by whoever opened the diagram.
CHOSEN = "document.querySelector('[data-element-id=\"t0\"]').classList.contains('selected')"
# From a new name until the page says that it was saved; the pause before saving is part of it.
SAVE = """() => new Promise((kept) => {
  const frame = document.querySelector('[data-modeler]');
  const { modeler } = frame;
  const began = performance.now();
  const status = frame.querySelector('[data-status]');
  new MutationObserver(() => {
    if (status.textContent.startsWith('Bewaard om')) kept(performance.now() - began);
  }).observe(status, { childList: true, characterData: true, subtree: true });
  const task = modeler.get('elementRegistry').get('t1');
  modeler.get('modeling').updateProperties(task, { name: 'Anders' });
})"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench editor", description=__doc__)
    parser.add_argument("--before", default="HEAD", help="the commit to compare with")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--nodes", type=int, default=500)
    asked = parser.parse_args()
    xml = line_of(asked.nodes)
    with bundle_of(asked.before) as before, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        builds = {"before": before, "now": ROOT / "app" / "static"}
        took = {name: list[tuple[float, float, float]]() for name in builds}
        for _ in range(asked.rounds):
            for name, static in builds.items():
                took[name].append(opened_and_saved(browser, static, xml))
    sys.stdout.write(json.dumps(report(took), indent=2) + "\n")


def line_of(nodes: int) -> bytes:
    """User tasks one after the other, drawn."""
    ids = [f"t{number}" for number in range(nodes - 2)]
    ends = node("startEvent", "start") + node("endEvent", "end")
    return with_drawing(process(ends + "".join(map(user, ids)) + chain("start", *ids, "end")))


@contextmanager
def bundle_of(commit: str) -> Iterator[Path]:
    """The scripts and styles of a commit, in a folder that goes away."""
    command = ["git", "archive", commit, "app/static"]
    archive = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
        yield Path(folder) / "app" / "static"


def opened_and_saved(browser: Browser, static: Path, xml: bytes) -> tuple[float, float, float]:
    """Milliseconds until what is in view stands there, until all does, and until a change is saved.

    Raises AssertionError when an element in view cannot be chosen, or one is not drawn in the end.
    """
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.add_init_script(TELL_WHEN)
    editor_page.put_editor(page, xml, static=static)
    opened: float = page.evaluate(MOMENT, "ready")
    page.locator("[data-element-id='t0'] > .djs-hit").click()
    assert page.evaluate(CHOSEN)
    has_steps = (static / "panel.js").exists()
    whole: float = page.evaluate(MOMENT, "complete" if has_steps else "ready")
    assert page.evaluate(EMPTY) == 0
    saved: float = page.evaluate(SAVE)
    context.close()
    return opened, whole, saved


def report(took: dict[str, list[tuple[float, float, float]]]) -> dict[str, dict[str, float]]:
    """Of each: the medians and their ratio."""
    found = {}
    for at, what in enumerate(("open", "whole", "save")):
        before, now = (median(each[at] for each in took[name]) for name in ("before", "now"))
        ratio = round(now / before, 2)
        found[what] = {"before_ms": round(before), "now_ms": round(now), "ratio": ratio}
    return found


if __name__ == "__main__":
    main()
