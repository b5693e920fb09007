"""The complaint of the guide: how an owner draws it, and how everybody handles one."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.drawing import Drawing
from tests.journeys.pages import (
    Employee,
    heading,
    login,
    login_account,
    next_page,
    press,
    reload_until,
)

HANDLING, ANSWERING = "Klacht behandelen", "Klacht beantwoorden"
TO_PROVIDER, TO_TEACHER = "klacht voor aanbieder", "antwoord van aanbieder"
QUESTIONS = (
    ("Waar gaat uw klacht over?", "Tekst", "onderwerp", True),
    ("Wat is het KvK-nummer van de aanbieder?", "KvK-nummer", "aanbieder", True),
    ("Wat voor klacht is het?", "Keuze", "soort", True),
    ("Wanneer was het?", "Datum", "datum", False),
    ("Wat is er gebeurd?", "Lange tekst", "verhaal", True),
)
KINDS = "inhoud = De inhoud van de activiteit\norganisatie = De organisatie eromheen"
TAKEN_ALONG = ("aanbieder", "onderwerp", "verhaal")

SUBJECT, STORY = "De deur was dicht", "Wij stonden voor een dichte deur."
REMARK, MORE = "Op welke dag was dat?", "Op 3 november stonden wij voor een dichte deur."
ANSWER = "U krijgt uw geld terug."

Visit = Callable[[str, Page], None]


def visit_nothing(_name: str, _page: Page) -> None:
    """Whoever makes pictures gives another one."""


def draw_handling(drawing: Drawing, visit: Visit = visit_nothing) -> str:
    """The process that a teacher begins; the address of its draft."""
    draft = drawing.begin(HANDLING)
    visit("klacht-nieuw", drawing.page)
    drawing.choose_process(HANDLING)
    drawing.fill("Groepen die mogen beginnen", "teacher", group="Wie mag beginnen")
    drawing.choose("Begin")
    drawing.name("Klacht")
    for question, kind, name, required in QUESTIONS:
        drawing.ask(question, kind, name, *["Verplicht"] * required)
        if kind == "Keuze":
            drawing.fill("Mogelijkheden", KINDS)
    visit("klacht-begin", drawing.page)
    drawing.choose("Einde")
    drawing.delete()
    _draw_review(drawing)
    visit("klacht-beoordelen", drawing.page)
    _draw_answer(drawing)
    _draw_return(drawing)
    _draw_term(drawing)
    drawing.show_all()
    visit("klacht-getekend", drawing.page)
    drawing.is_finished()
    return draft


def _draw_review(drawing: Drawing) -> None:
    drawing.choose("Eerste taak")
    drawing.name("Klacht beoordelen")
    form = drawing.field("Welk formulier?", group="Formulier")
    form.select_option(label="Antwoorden beoordelen")
    groups = drawing.field("Groepen die het mogen doen", group="Wie doet het")
    expect(groups).to_have_value("registrar")  # for whom the form is meant
    drawing.fill("Uiterste datum", "P14D")


def _draw_answer(drawing: Drawing) -> None:
    """The message to the provider, the wait for the answer, and who reads it."""
    drawing.append("Keuze (één weg)", "Compleet?")
    drawing.append("Tussendoor: bericht", "Klacht naar de aanbieder")
    drawing.message(TO_PROVIDER, "${reference}")
    drawing.give("kenmerk", "${reference}")
    for name in TAKEN_ALONG:
        drawing.give(name, f"${{{name}}}")
    drawing.append("Ontvangsttaak", "Antwoord van de aanbieder")
    drawing.message(TO_TEACHER, "${reference}")
    drawing.append("Taak voor een mens", "Antwoord lezen")
    drawing.fill("Groepen die het mogen doen", "teacher", group="Wie doet het")
    drawing.ask("Antwoord van de aanbieder", "Lange tekst", "antwoord", "Alleen lezen")
    drawing.append("Einde", "Klaar")


def _draw_return(drawing: Drawing) -> None:
    """What is not complete goes back to the teacher, and comes again."""
    drawing.choose("Compleet?")
    drawing.append("Taak voor een mens", "Klacht aanvullen")
    drawing.fill("Groepen die het mogen doen", "teacher", group="Wie doet het")
    drawing.ask("Wat is er gebeurd?", "Lange tekst", "verhaal", "Verplicht")
    drawing.move("Klacht aanvullen", right=-290)
    drawing.choose_arrow("Compleet?", "Klacht aanvullen")
    drawing.fill("Voorwaarde", '${review_decision == "returned"}', group="Voorwaarde")
    drawing.choose_arrow("Compleet?", "Klacht naar de aanbieder")
    drawing.replace("Standaardpijl: als niets anders geldt")
    drawing.connect("Klacht aanvullen", "Klacht beoordelen")


def _draw_term(drawing: Drawing) -> None:
    drawing.put_on_edge("Gebeurtenis maken", "Antwoord van de aanbieder")
    drawing.replace("Randgebeurtenis: moment")
    drawing.name("Na dertig dagen")
    drawing.field("Soort", group="Moment").select_option(label="Duur")
    drawing.fill("Waarde", "P30D")
    drawing.append("Einde", "Geen antwoord")


def draw_answering(drawing: Drawing, visit: Visit = visit_nothing) -> str:
    """The process of the provider, which a message begins; the address of its draft."""
    draft = drawing.begin(ANSWERING)
    drawing.choose("Begin")
    drawing.replace("Begin: bericht")
    drawing.name("Klacht gekregen")
    drawing.message(TO_PROVIDER)
    drawing.choose("Eerste taak")
    drawing.name(ANSWERING)
    drawing.fill("Groepen die het mogen doen", "provider", group="Wie doet het")
    drawing.fill("Uiterste datum", "P7D")
    drawing.ask("Waar gaat de klacht over?", "Tekst", "onderwerp", "Alleen lezen")
    drawing.ask("Wat is er gebeurd?", "Lange tekst", "verhaal", "Alleen lezen")
    drawing.ask("Uw antwoord", "Lange tekst", "antwoord", "Verplicht")
    drawing.choose("Einde")
    drawing.replace("Einde: bericht")
    drawing.name("Antwoord gestuurd")
    drawing.message(TO_TEACHER, "${kenmerk}")
    drawing.give("antwoord", "${antwoord}")
    visit("klacht-bericht", drawing.page)
    drawing.choose_process(ANSWERING)
    company = "Bij welk bedrijf hoort de zaak?"
    drawing.fill(company, "${aanbieder}", group="Zaken van dit proces")
    drawing.show_all()
    visit("klacht-bedrijf", drawing.page)
    drawing.is_finished()
    return draft


def fill_in(page: Page, provider: Employee) -> None:
    page.get_by_label("Waar gaat uw klacht over?").fill(SUBJECT)
    page.get_by_label("Wat is het KvK-nummer van de aanbieder?").fill(provider.kvk)
    page.get_by_label("De organisatie eromheen").check()
    page.get_by_label("Wat is er gebeurd?").fill(STORY)


def review(page: Page, decision: str, remark: str = "") -> None:
    page.get_by_label(decision).check()
    if remark:
        page.get_by_label("Opmerking bij: Wat is er gebeurd?").fill(remark)
    page.get_by_role("button", name="Oordeel versturen").click()


def approve(page: Page) -> None:
    review(page, "De antwoorden zijn goed")


def send_back(page: Page) -> None:
    review(page, "De antwoorden moeten worden aangepast", REMARK)


def supplement(page: Page) -> None:
    """The remark of the reviewer stands above; what was said is filled in."""
    expect(page.locator("main")).to_contain_text(REMARK)
    story = page.get_by_label("Wat is er gebeurd?")
    expect(story).to_have_value(STORY)
    story.fill(MORE)
    page.get_by_role("button", name="Klaar, verder").click()


def try_out(page: Page, draft: str, provider: Employee, visit: Visit = visit_nothing) -> None:
    """One that is sent back first, to its end; kept as a scenario."""
    page.goto(f"{draft}/proberen")
    fill_in(page, provider)
    press(page, "Beginnen")
    visit("klacht-proberen", page)
    send_back(page)
    supplement(page)
    approve(page)
    page.get_by_role("button", name=TO_TEACHER).click()
    page.get_by_role("button", name="Klaar, verder").click()
    expect(page.locator("main")).to_contain_text("De zaak is afgelopen")
    page.locator("[name=name]").fill("Aangevuld en beantwoord")
    page.get_by_role("button", name="Bewaar als scenario").click()
    expect(page.locator("main")).to_contain_text("Het scenario “Aangevuld en beantwoord”")


def deploy(page: Page, draft: str) -> None:
    page.goto(f"{draft}/in-gebruik")
    page.get_by_label("Toelichting").fill("Nieuw")
    page.get_by_role("button", name="In gebruik nemen").click()
    expect(page.locator("main")).to_contain_text("Versie 1 is in gebruik")


class Handling:
    """A complaint from the teacher to the register and the provider, and back."""

    def __init__(
        self, teacher: Page, registrar: Page, provider: Page, visit: Visit = visit_nothing
    ) -> None:
        self.teacher, self.registrar, self.provider = teacher, registrar, provider
        self.visit = visit

    def sign_in(self, company: Employee) -> None:
        login_account(self.teacher, "leraar-3")
        login_account(self.registrar, "registrar")
        login(self.provider, company)

    def send(self, about: Employee) -> None:
        page = self.teacher
        page.goto("/starten")
        page.locator("main").get_by_role("link", name=HANDLING).click()
        fill_in(page, about)
        self.visit("klacht-insturen", page)
        page.get_by_role("button", name="Versturen").click()
        heading(page, "Wij hebben het ontvangen")

    def assess(self) -> None:
        """Well before its term: once back to the teacher, and then on."""
        open_task(self.registrar, "Klacht beoordelen")
        expect(self.registrar.locator("main")).to_contain_text("Uiterlijk")
        expect(self.registrar.locator("main")).to_contain_text(STORY)
        send_back(self.registrar)
        heading(self.registrar, "Taken")
        open_task(self.teacher, "Klacht aanvullen")
        supplement(self.teacher)
        open_task(self.registrar, "Klacht beoordelen")
        expect(self.registrar.locator("main")).to_contain_text(f"Was: {STORY}")
        self.visit("klacht-taak", self.registrar)
        approve(self.registrar)
        heading(self.registrar, "Taken")

    def reply(self) -> None:
        open_task(self.provider, ANSWERING)
        expect(self.provider.locator("main")).to_contain_text(MORE)
        self.provider.get_by_label("Uw antwoord").fill(ANSWER)
        self.visit("klacht-antwoord", self.provider)
        self.provider.get_by_role("button", name="Klaar, verder").click()
        heading(self.provider, "Taken")

    def follow(self) -> None:
        """What the teacher sees of it, to the end."""
        self.teacher.goto("/zaken")
        with next_page(self.teacher):
            self.teacher.get_by_role("link", name=HANDLING).click()
        self.visit("klacht-volgen", self.teacher)
        self.teacher.get_by_role("link", name="Antwoord lezen").click()
        expect(self.teacher.locator("main")).to_contain_text(ANSWER)
        press(self.teacher, "Klaar, verder")
        self.teacher.goto("/zaken?lijst=afgesloten")
        expect(self.teacher.get_by_role("link", name=HANDLING)).to_be_visible()


def open_task(page: Page, name: str) -> None:
    """A task in one's list, as soon as it is there."""
    page.goto("/taken")
    link = page.get_by_role("link", name=name).first
    reload_until(page, link.count)
    link.click()
    heading(page, name)


def has_no_task(page: Page, name: str) -> None:
    page.goto("/taken")
    heading(page, "Taken")
    expect(page.get_by_role("link", name=name)).to_have_count(0)
