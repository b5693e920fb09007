"""Pages that the tour only opens, and those that it leaves to others, with the reason."""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException

from app.areas import blueprints
from tests.journeys.pages import heading, press_button

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
Visit = Callable[[str, Page], None]

OF_A_PROVIDER = (
    *("aanbod/bestanden", "bedrijf/ouder-aanbod", "koppelingen/webhooks"),
    *("starten", "taken", "taken/berichten", "zaken", "bezwaar"),
)
OF_A_TEACHER = ("starten", "taken", "zaken")
OF_A_REGISTRAR = ("taken", "taken/vervanging", "zaken", "processen/teksten/zoeken")
OF_AN_OWNER = (
    *("processen/concepten", "processen/goedkeuren", "processen/tabellen"),
    *("processen/provider_onboarding/rechten", "processen/provider_onboarding/termijn"),
    *("processen/provider_onboarding/1/lezen",),
)
OF_AN_OPERATOR = ("openbaar", "zonder-uitvoerder", "sessies/personen")

FILE = "a file or an answer for programs, no page"
ANSWER = "answers a form, and leads on to a page of the tour"
STUDIO = "needs a draft: tests/journeys of the studio look at it"
RARE = "needs a case, an incident or a run of its own: tests/app has what it shows"
LEFT_TO_OTHERS: dict[str, str] = {
    **dict.fromkeys(
        [
            *("start.security_txt", "start.icon", "offers.template", "operations.diagram"),
            "external.held",
            *("operations.version_file", "tasks.download", "subscriptions.feed", "account.fetch"),
            *("subscriptions.calendar", "subscriptions.offer_feed", "subscriptions.offer_calendar"),
            *("external.nothing_else", "external.one", "operations.healthz", "operations.metrics"),
            *(
                "operations.readyz",
                "saml.metadata",
                "auth.keys",
                "portfolio.export",
                "studio.diagram",
            ),
            *("portfolio.export_pdf", "drafts.diagram", "forms.listed", "editor.templates"),
            *("editor.names", "tables.file", "table_drafts.file", "feel.names", "catalogue.robots"),
            *("see.case_diagram", "see.terms_file", "catalogue.sitemap", "catalogue.sitemap_part"),
        ],
        FILE,
    ),
    **dict.fromkeys(["saml.back", "auth.back", "offers.next_to_check"], ANSWER),
    **dict.fromkeys(
        [
            *("drafts.show", "forms.index", "forms.show", "deployment.prepare", "see.read_draft"),
            *("tryout.replayed", "tryout.draft", "tryout.scenarios", "tryout.version"),
            *("editor.show", "compare.draft", "compare.versions", "tables.table", "tables.version"),
            *("table_tries.version", "table_tries.draft", "table_tests.show", "table_drafts.show"),
            *("table_drafts.new", "migrations.prepare", "migrations.show"),
        ],
        STUDIO,
    ),
    **dict.fromkeys(
        [
            *("operations.incident", "operations.incident_group", "operations.retry_run"),
            *("operations.part", "operations.variables", "operations.token", "operations.variable"),
            *("operations.ask_version", "operations.orphaned_task", "offers.migration_progress"),
            *("public_start.show", "public_start.follow", "begin.show", "begin.receipt"),
            "begin.choose_provider",
            *("people.invited", "portfolio.unsubscribing", "tasks.withdraw", "account.show"),
            *("offers.newer", "offers.import_page", "tasks.arrange", "portfolio.own_again"),
            *("portfolio.taking_out", "tasks.show", "tasks.case"),
            *("auth.new_key", "auth.step_up"),
        ],
        RARE,
    ),
}


def open_each(page: Page, names: Iterable[str], visit: Visit, who: str) -> None:
    """Look at these addresses as who is logged in."""
    for name in names:
        page.goto(f"/{name}")
        visit(f"{who}-{UUID.sub('een', name).replace('/', '-')}", page)


def own_webhook(page: Page, visit: Visit) -> None:
    """A company asks for a webhook, with a mistake on the way."""
    page.goto("/koppelingen/webhooks/nieuw")
    page.locator("[name=url]").fill("http://10.0.0.1/haak")
    page.get_by_role("button", name="Aanvragen").click()
    heading(page, "Webhook aanvragen")
    visit("webhook-aanvragen-fout", page)
    page.locator("[name=name]").fill("Onze website & agenda")
    page.locator("[name=url]").fill(f"https://website.voorbeeld.nl/haak/{'lang-' * 20}")
    page.locator("[name=events]").first.check()
    page.get_by_role("button", name="Aanvragen").click()
    heading(page, "Sleutel van")
    visit("webhook-sleutel", page)
    page.get_by_role("link", name="Verder").click()
    heading(page, "Onze website")
    visit("webhook-aangevraagd", page)
    page.goto("/koppelingen/webhooks")
    visit("webhooks", page)


def operators_webhook(page: Page, visit: Visit) -> None:
    """Where messages to other systems may go: an address is added and tested; nobody listens."""
    page.goto("/beheer/webhooks")
    visit("beheer-webhooks-leeg", page)
    page.goto("/beheer/webhooks/nieuw")
    page.locator("[name=url]").fill("https://10.0.0.1/haak")
    press_button(page.get_by_role("button", name="Toevoegen"))
    visit("beheer-webhook-fout", page)
    page.locator("[name=name]").fill("zaaksysteem")
    page.locator("[name=url]").fill(f"http://127.0.0.1:1/haak/{'lang-' * 20}")
    page.get_by_label("Zaak begonnen").check()
    page.get_by_role("button", name="Toevoegen").click()
    heading(page, "Sleutel van zaaksysteem")
    visit("beheer-webhook-sleutel", page)
    page.get_by_role("link", name="Verder").click()
    page.get_by_role("button", name="Testbericht sturen").click()
    page.get_by_text("Het testbericht is onderweg").wait_for()
    page.get_by_text("Gebeurtenissen (1 gekozen)").click()
    visit("beheer-webhook", page)
    page.goto("/beheer/webhooks")
    visit("beheer-webhooks", page)


def unvisited(paths: Iterable[str]) -> set[str]:
    """The routes that answer GET and that no visited path is of, but for those left to others."""
    app = Flask(__name__)
    for each in blueprints():
        app.register_blueprint(each)
    adapter = app.url_map.bind("localhost")
    visited = set()
    for path in paths:
        with suppress(
            HTTPException
        ):  # the simulator, which is another server; the answer to a form
            visited.add(str(adapter.match(path)[0]))
    pages = {
        str(rule.endpoint)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set()) and not rule.rule.startswith("/api/v1")
    }
    gone = set(LEFT_TO_OTHERS) - pages
    return (pages - visited - LEFT_TO_OTHERS.keys() - {"static"}) | gone


def path_of(page: Page) -> str:
    """Where the page is, without its query."""
    return urlsplit(page.url).path
