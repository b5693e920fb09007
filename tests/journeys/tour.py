"""Visits every page of Loket, for accessibility checks and screenshots."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Locator, Page

from processes.base import today
from tests.journeys.pages import (
    Employee,
    answer,
    confirm,
    declare,
    fill_in_contact,
    heading,
    log_in_at_the_simulator,
    login,
    login_account,
)
from tests.journeys.rows import is_completed, offers_of, onboarding_of, provider_of
from tests.product import Product, until
from tests.uploaded import PDF

Visit = Callable[[str, Page], None]

GUIDE = Employee("68727720")  # Test NV Katrien
EMAIL = "opleidingen@katrien.example"


def registration(page: Page, product: Product, visit: Visit) -> None:
    """From the start page to the confirmation, with a few mistakes on the way."""
    for name in (
        *("", "over", "toegankelijkheid", "privacy", "contact", "inloggen"),
        *("inloggen/noodtoegang", "bestaat-niet"),
    ):
        page.goto(f"/{name}")
        visit(name.replace("/", "-") or "start", page)
    page.goto("/api/v1/documentatie")
    visit("api", page)
    _log_in(page, visit)
    page.get_by_role("button", name="Beginnen met aanmelden").click()
    heading(page, "Kwaliteitseisen")
    visit("kwaliteitseisen", page)
    _press(page.get_by_role("button", name="Opslaan en verder"))
    heading(page, "Kwaliteitseisen")
    visit("kwaliteitseisen-fout", page)
    declare(page, ("ja", "nee", "ja", "ja"))
    heading(page, "U voldoet nog niet")
    visit("voldoet-niet", page)
    page.get_by_role("button", name="Vragen opnieuw beantwoorden").click()
    answer(page)
    visit("kwaliteitseisen-ingevuld", page)
    declare(page)
    _company(page, visit)
    confirm(page)
    until(lambda: product.mails_to(EMAIL) and is_completed(product, GUIDE.kvk))
    page.reload()
    visit("bevestigd", page)


def _press(button: Locator) -> None:
    """Send a form, and wait for the page that answers it."""
    with button.page.expect_navigation():
        button.click()


def _log_in(page: Page, visit: Visit) -> None:
    login(page, Employee(GUIDE.kvk, loa="loa2"))
    visit("niveau-te-laag", page)
    login(page, GUIDE, outcome="cancel")
    visit("afgebroken", page)
    login(page, GUIDE, outcome="fault")
    visit("storing", page)
    page.goto("/inloggen")
    _press(page.get_by_role("button", name="Inloggen met eHerkenning"))
    visit("inlogsimulator", page)
    log_in_at_the_simulator(page, GUIDE)
    heading(page, "Welkom")
    visit("welkom", page)


def _company(page: Page, visit: Visit) -> None:
    heading(page, "Bedrijfsgegevens")
    visit("bedrijfsgegevens", page)
    _press(page.get_by_role("button", name="Opslaan en verder"))
    visit("bedrijfsgegevens-fout", page)
    fill_in_contact(page, EMAIL)
    visit("bedrijfsgegevens-ingevuld", page)
    page.get_by_role("button", name="Later verdergaan").click()
    heading(page, "bewaard")
    visit("later-verder", page)
    page.get_by_role("link", name="Hoe ver is uw aanmelding?").click()
    heading(page, "Hoe ver is uw aanmelding")
    visit("hoe-ver", page)
    page.get_by_role("link", name="Verdergaan").click()
    page.get_by_role("button", name="Opslaan en verder").click()
    heading(page, "Controleer uw aanmelding")
    visit("controleren", page)


def offers(page: Page, product: Product, visit: Visit) -> None:
    """The provider checks and publishes; continues where `registration` ended."""
    all_offers = offers_of(product, GUIDE.kvk)
    whole = next(offer for offer in all_offers if not offer.missing_fields())
    broken = next(offer for offer in all_offers if offer.missing_fields())
    for name in (
        *("bedrijf", "bedrijf/mensen", "bedrijf/vertrekken", "koppelingen", "mijn-gegevens"),
        *("mijn-sessies", "aanbod", "aanbod/overgezet", "aanbod/nieuw", "aanbod/vestigingen"),
    ):
        page.goto(f"/{name}")
        visit(name.replace("/", "-"), page)
    page.goto("/aanbod?text=bestaatniet")
    visit("aanbod-niets", page)
    for name in ("", "/bewerken", "/voorbeeld", "/einddatum", "/verwijderen", "/versies"):
        page.goto(f"/aanbod/{whole.id}{name}")
        visit(f"activiteit{name.replace('/', '-')}", page)
    page.goto(f"/aanbod/{broken.id}")
    visit("activiteit-niet-compleet", page)
    page.goto(f"/aanbod/{whole.id}/bewerken")
    page.locator("[name=contact_hours]").fill("veel")
    _press(page.get_by_role("button", name="Opslaan").first)
    visit("activiteit-bewerken-fout", page)
    page.goto(f"/aanbod/{whole.id}/verwijderen")
    _press(page.get_by_role("button", name="Definitief verwijderen"))
    visit("activiteit-verwijderen-fout", page)
    page.goto("/aanbod")
    page.locator("[name=scope][value=all]").check()
    _press(page.locator("button[name=action][value=delete]"))
    visit("meer-verwijderen", page)
    page.go_back()
    page.locator("[name=scope][value=all]").check()
    _press(page.locator("button[name=action][value=publish]"))
    visit("meer-publiceren", page)
    page.get_by_role("button", name="Ja, ").click()
    heading(page, "Activiteiten publiceren")
    visit("gepubliceerd", page)
    page.goto("/aanbod")
    visit("aanbod-gepubliceerd", page)
    page.goto(f"/aanbod/{whole.id}/einddatum")
    page.locator("[name=end_date]").fill(f"{today() - timedelta(days=1):%d-%m-%Y}")
    _press(page.get_by_role("button", name="Einddatum opslaan"))
    visit("einddatum-bevestigen", page)


def catalogue(page: Page, product: Product, visit: Visit) -> None:
    """A visitor and a teacher, after `offers`."""
    published = [one for one in offers_of(product, GUIDE.kvk) if one.status == "gepubliceerd"]
    page.goto("/catalogus")
    visit("catalogus", page)
    page.goto("/catalogus?zoek=bestaatnietecht")
    visit("catalogus-niets", page)
    page.goto(f"/catalogus/{published[0].id}")
    visit("catalogus-activiteit", page)
    page.get_by_role("link", name="Meld het ons").click()
    heading(page, "Melden")
    visit("catalogus-melden", page)
    login_account(page, "leraar-3")
    visit("portfolio-leeg", page)
    page.goto("/portfolio/zoeken?zoek=")
    visit("portfolio-zoeken", page)
    page.goto(f"/portfolio/toevoegen/{published[0].id}")
    visit("portfolio-toevoegen", page)
    page.locator("[name=followed_on]").fill("")
    _press(page.get_by_role("button", name="Toevoegen"))
    visit("portfolio-toevoegen-fout", page)
    page.locator("[name=followed_on]").fill(f"{today():%d-%m-%Y}")
    page.get_by_role("button", name="Toevoegen").click()
    heading(page, "portfolio")
    _own_activity(page, visit)
    visit("portfolio", page)
    page.get_by_role("link", name="Beoordelen").click()
    heading(page, "beoordelen")
    _press(page.get_by_role("button", name="Beoordeling bewaren"))
    visit("portfolio-beoordelen", page)
    page.goto("/portfolio/zoekopdrachten?zoek=rekenen")
    _press(page.get_by_role("button", name="Bewaren"))
    visit("portfolio-zoekopdrachten", page)
    page.goto("/portfolio/gegevens-verwijderen")
    visit("portfolio-gegevens", page)


def _own_activity(page: Page, visit: Visit) -> None:
    """Something that is in no catalogue, with evidence."""
    page.get_by_role("link", name="Eigen activiteit toevoegen").click()
    heading(page, "Eigen activiteit toevoegen")
    visit("portfolio-eigen", page)
    page.get_by_label("Bewijs").set_input_files(
        {"name": "verslag.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    _press(page.get_by_role("button", name="Opslaan in portfolio"))
    visit("portfolio-eigen-fout", page)
    page.get_by_label("Professionele zelfstudie").check()
    page.locator("[name=title]").fill("Boeken over taalontwikkeling")
    page.locator("[name=followed_on]").fill(f"{today():%d-%m-%Y}")
    page.locator("[name=self_study_hours]").fill("7,5")
    page.get_by_role("button", name="Opslaan in portfolio").click()
    heading(page, "portfolio")


def staff(page: Page, product: Product, visit: Visit) -> None:
    """The register's staff, the process owner and the operator."""
    login_account(page, "registrar")
    visit("register", page)
    for name in ("sessies", "verklaringen"):
        page.goto(f"/register/{name}")
        visit(f"register-{name}", page)
    page.goto(f"/register/{provider_of(product, GUIDE.kvk).id}")
    visit("register-aanbieder", page)
    login_account(page, "process_owner")
    visit("processen", page)
    page.goto("/processen/provider_onboarding")
    visit("proces-versies", page)
    page.goto("/processen/provider_onboarding/1")
    page.locator(".djs-container").wait_for()
    visit("proces-aanmelden", page)
    page.goto("/processen/nieuwe-versie")
    visit("proces-nieuwe-versie", page)
    _insight(page, product, visit)
    login_account(page, "operator")
    visit("beheer", page)
    for name in (
        *("taken", "incidenten", "processen", "openingen", "sessies", "storingen"),
        "bewaartermijnen",
    ):
        page.goto(f"/beheer/{name}")
        visit(f"beheer-{name}", page)
    instance = onboarding_of(product, GUIDE.kvk)
    assert instance is not None
    page.goto(f"/beheer/processen/{instance.id}")
    page.locator(".djs-container").wait_for()
    visit("beheer-zaak", page)
    _operations(page, product, visit)
    webhooks(page, visit)


def _operations(page: Page, product: Product, visit: Visit) -> None:
    """The pages behind the operator's lists."""
    job = product.job(GUIDE.kvk, "send-confirmation")
    page.goto("/beheer/versies/offer_publication/1")
    page.locator("[data-diagram][data-ready]").wait_for()
    visit("beheer-versie", page)
    page.goto(f"/beheer/taken/{job.id}")
    visit("beheer-taak", page)
    page.goto("/beheer/taken?status=failed")
    visit("beheer-taken-mislukt", page)
    page.goto("/beheer/processen?proces=offer_publication&status=active")
    visit("beheer-processen-filter", page)
    page.locator("[name=alle]").check()
    _press(page.get_by_role("button", name="Stilzetten"))
    heading(page, "Stilzetten")
    visit("beheer-alle-stilzetten", page)
    _press(page.get_by_role("button", name="Stilzetten"))
    heading(page, "Stilzetten")
    visit("beheer-alle-stilzetten-fout", page)
    page.goto("/beheer/processen?proces=offer_publication&status=active")
    page.locator("[name=zaak]").first.check()
    page.get_by_role("button", name="Stilzetten").click()
    page.locator("[name=reason]").fill("rondleiding")
    page.get_by_role("button", name="Stilzetten").click()
    heading(page, "gelukt")
    visit("beheer-stilgezet", page)
    page.get_by_role("link", name="Activiteit controleren en publiceren").first.click()
    page.locator(".djs-container").wait_for()
    visit("beheer-zaak-stil", page)


def webhooks(page: Page, visit: Visit) -> None:
    """Where messages to other systems may go: an address is added and tested; nobody listens."""
    page.goto("/beheer/webhooks")
    visit("beheer-webhooks-leeg", page)
    page.goto("/beheer/webhooks/nieuw")
    page.locator("[name=url]").fill("https://10.0.0.1/haak")
    _press(page.get_by_role("button", name="Toevoegen"))
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


def _insight(page: Page, product: Product, visit: Visit) -> None:
    """What the process owner looks into, and the texts that they change."""
    instance = onboarding_of(product, GUIDE.kvk)
    assert instance is not None
    for name in ("provider_onboarding/inzicht", f"zaken/{instance.id}"):
        page.goto(f"/processen/{name}")
        page.locator("[data-diagram][data-ready]").wait_for()
        visit(f"proces-{name.split('/')[0]}-van-binnen", page)
    page.goto("/processen/provider_onboarding/inzicht?van=eergisteren")
    visit("proces-inzicht-fout", page)
    for name in ("provider_onboarding/zaken", "provider_onboarding/lezen", "teksten"):
        page.goto(f"/processen/{name}")
        visit(f"proces-{name.split('/')[-1]}", page)
    for name in ("mail/registration-confirmed", "hulp/review", "kwaliteitseisen"):
        page.goto(f"/processen/teksten/{name}")
        visit(f"tekst-{name.split('/')[-1]}", page)
    page.locator("[name=requirements-0-title]").fill("")
    _press(page.get_by_role("button", name="Nieuwe versie maken"))
    heading(page, "Kwaliteitseisen")
    visit("tekst-kwaliteitseisen-fout", page)
