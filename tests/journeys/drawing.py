"""Page object: a process owner draws in the editor, as with a mouse and a keyboard."""

from contextlib import suppress

from playwright.sync_api import Error as NotYetError
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.journeys.pages import heading
from tests.product import until

PATIENCE = 2000  # milliseconds before a button is clicked once more

# The id of an element by its name, or of an arrow by the names of both its ends.
FIND = """(names) => {
  const { modeler } = document.querySelector('[data-modeler]');
  const namesOf = ({ name, sourceRef, targetRef }) => (
    names.length === 1 ? [name] : [sourceRef?.name, targetRef?.name]);
  const fits = (each) => namesOf(each.businessObject).every((name, at) => name === names[at]);
  return modeler.get('elementRegistry').filter((each) => !each.labelTarget && fits(each))[0].id;
}"""
# A point of an arrow on the screen that nothing lies over, as soon as the page stands still.
POINT = """async (path) => {
  const at = (part) => path.getPointAtLength(path.getTotalLength() * part)
    .matrixTransform(path.getScreenCTM());
  for (let before = at(0), frames = 0; frames < 1000; frames += 1) {
    await new Promise(requestAnimationFrame);
    const found = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8].map(at)
      .find(({ x, y }) => document.elementFromPoint(x, y) === path);
    if (found && at(0).x === before.x && at(0).y === before.y) return [found.x, found.y];
    before = at(0);
  }
  throw new Error('the arrow lies under something');
}"""


def add_item(group: Locator) -> None:
    """One more item in a list of the panel, whose fields are the last ones from now on."""
    items = group.locator(".bio-properties-panel-list-item")
    before = items.count()
    group.locator(".bio-properties-panel-add-entry").click()
    expect(items).to_have_count(before + 1)


class Drawing:
    """The editor with one draft in it; elements go by the name that is drawn."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.panel = page.locator("[data-panel]")

    def begin(self, name: str) -> str:
        """A new process with this name; the address of its draft."""
        self.page.goto("/processen/concepten")
        self.page.get_by_label("Hoe heet het proces?").fill(name)
        self.page.get_by_role("button", name="Beginnen met tekenen").click()
        self.page.locator("[data-modeler][data-complete]").wait_for()
        heading(self.page, f"{name} tekenen")
        return self.page.url.removesuffix("/tekenen")

    def choose(self, name: str) -> None:
        """Find an element by its name, with the keyboard."""
        self.page.locator("[data-canvas] .djs-container svg").first.focus()
        self.page.keyboard.press("Control+f")
        self.page.locator(".djs-search-input input").press_sequentially(name)
        self.page.locator(".djs-search-result", has_text=name).first.click()
        self.is_chosen(name)

    def choose_process(self, name: str) -> None:
        self._click_beside()
        self.is_chosen(name)

    def _click_beside(self) -> None:
        self.page.locator("[data-canvas]").click(position={"x": 300, "y": 30})

    def choose_arrow(self, source: str, target: str) -> None:
        """A click on it, with nothing chosen whose buttons may lie over it."""
        self._click_beside()
        arrow = self._drawn(source, target)
        arrow.scroll_into_view_if_needed()
        self.page.mouse.click(*arrow.evaluate(POINT))
        expect(self.panel.locator(".bio-properties-panel-header-type")).to_contain_text("Pijl")

    def _drawn(self, *names: str) -> Locator:
        """What a click on an element or an arrow hits."""
        found = self.page.evaluate(FIND, list(names))
        return self.page.locator(f"[data-element-id='{found}'] > .djs-hit").first

    def is_chosen(self, name: str) -> None:
        expect(self.panel.locator(".bio-properties-panel-header-label")).to_have_text(name)

    def name(self, name: str) -> None:
        self.fill("Naam", name, group="Algemeen")
        self.is_chosen(name)

    def append(self, kind: str, name: str = "") -> None:
        """Put another element behind the chosen one."""
        self._pick("Onderdeel erachter zetten", kind)
        if name:
            expect(self.field("Naam", group="Algemeen")).to_have_value("")  # the panel follows
            self.name(name)

    def replace(self, kind: str) -> None:
        """Make another kind of the chosen element."""
        self._pick("Soort wijzigen", kind)

    def _pick(self, button: str, kind: str) -> None:
        """Choose from the menu behind a button beside the chosen element."""
        menu = self.page.locator(".djs-popup")
        beside = self.page.locator(".djs-context-pad").get_by_title(button)
        until(lambda: self._has_opened(menu, beside))
        search = menu.locator(".djs-popup-search input")
        if search.is_visible():  # not in a short list
            search.press_sequentially(kind)
        entry = menu.locator(".entry").filter(has=self.page.get_by_text(kind, exact=True)).first
        entry.click()
        expect(menu).to_have_count(0)

    @staticmethod
    def _has_opened(menu: Locator, button: Locator) -> bool:
        """Whether a click opens it; what was typed just before, kept meanwhile, closes it again."""
        if not menu.is_visible():
            button.click()
        with suppress(NotYetError):
            menu.locator(".entry").first.wait_for(timeout=PATIENCE)
        return menu.is_visible()

    def delete(self) -> None:
        self.page.keyboard.press("Delete")

    def show_all(self) -> None:
        self.page.get_by_role("button", name="Hele diagram tonen").click()

    def connect(self, source: str, target: str) -> None:
        """Draw an arrow between two elements."""
        self.choose(source)
        self.page.locator(".djs-context-pad").get_by_title("Verbinden met een ander").click()
        self._drawn(target).click()

    def move(self, name: str, *, right: int, down: int = 0) -> None:
        """Drag an element by so many pixels."""
        box = self._box(name)
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + right / 2, y + down / 2)
        self.page.mouse.move(x + right, y + down)
        self.page.mouse.up()

    def put_on_edge(self, tool: str, of: str) -> None:
        """Take an element from the palette, and let it go on the lower edge of another one."""
        self.page.get_by_role("button", name=tool).click()
        box = self._box(of)
        x, y = box["x"] + box["width"] * 0.75, box["y"] + box["height"]
        self.page.mouse.move(x, y - 10)
        self.page.mouse.move(x, y)
        self.page.mouse.click(x, y)

    def _box(self, name: str) -> FloatRect:
        """Where an element is on the screen."""
        drawn = self._drawn(name)
        drawn.scroll_into_view_if_needed()
        box = drawn.bounding_box()
        assert box is not None
        return box

    def field(self, label: str, *, group: str = "") -> Locator:
        if group:
            self.open(group)
        return self.panel.get_by_label(label, exact=True).last

    def fill(self, label: str, text: str, *, group: str = "") -> None:
        """Type it and leave the field, which keeps it at once."""
        field = self.field(label, group=group)
        field.fill(text)
        field.blur()

    def open(self, group: str) -> None:
        header = self.panel.locator(".bio-properties-panel-group-header").filter(
            has=self.page.get_by_text(group, exact=True)
        )
        if "open" not in (header.get_attribute("class") or "").split():
            header.click()

    def add(self, group: str) -> None:
        """One more item in a list of the panel."""
        shown = self.panel.locator(".bio-properties-panel-group").filter(
            has=self.page.get_by_text(group, exact=True)
        )
        add_item(shown)

    def ask(self, question: str, kind: str, name: str, *ticks: str) -> None:
        """One more field of the form."""
        self.add("Extra velden")
        self.fill("Vraag", question)
        self.field("Soort").select_option(label=kind)
        self.fill("Id", name)
        for tick in ticks:
            box = self.field(tick)
            box.dispatch_event("click")  # it lies below its own picture
            expect(box).to_be_checked()

    def message(self, name: str, case: str = "") -> None:
        """The message of the chosen event, and which case it means."""
        which = self.field("Welk bericht", group="Bericht")
        expect(which).to_be_visible()  # with all that can be chosen
        known = which.get_by_role("option", name=name, exact=True)
        which.select_option(label=name if known.count() else "Nieuw …")
        self.field("Naam", group="Bericht")
        self.fill("Naam", name)
        if case:
            self.fill("Om welke zaak gaat het bericht?", case)

    def give(self, name: str, value: str) -> None:
        """One more piece of data that a message takes along."""
        self.add("Invoer")
        self.fill("Naam van het gegeven", name)
        self.fill("Waarde", value)

    def is_finished(self) -> None:
        """All is kept, and nothing is left to do."""
        summary = self.page.locator("[data-findings-summary]")
        expect(self.page.locator("[data-status]")).not_to_contain_text("Bewaard op")
        expect(self.page.locator("[data-status]")).to_contain_text("Bewaard om")
        expect(summary).to_contain_text("Niets gevonden dat nog moet gebeuren.")
