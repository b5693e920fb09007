"""Visits every page of Loket, for accessibility checks and screenshots."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page

from processes.base import today
from tests.journeys import tour_pages
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
    press_button,
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
    press_button(page.get_by_role("button", name="Opslaan en verder"))
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


def _log_in(page: Page, visit: Visit) -> None:
    login(page, Employee(GUIDE.kvk, loa="loa2"))
    visit("niveau-te-laag", page)
    login(page, GUIDE, outcome="cancel")
    visit("afgebroken", page)
    login(page, GUIDE, outcome="fault")
    visit("storing", page)
    page.goto("/inloggen")
    press_button(page.get_by_role("button", name="Inloggen met eHerkenning"))
    visit("inlogsimulator", page)
    log_in_at_the_simulator(page, GUIDE)
    heading(page, "Welkom")
    visit("welkom", page)


def _company(page: Page, visit: Visit) -> None:
    heading(page, "Bedrijfsgegevens")
    visit("bedrijfsgegevens", page)
    press_button(page.get_by_role("button", name="Opslaan en verder"))
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
    tour_pages.open_each(page, tour_pages.OF_A_PROVIDER, visit, "aanbieder")
    tour_pages.own_webhook(page, visit)
    page.goto("/aanbod?text=bestaatniet")
    visit("aanbod-niets", page)
    for name in ("", "/bewerken", "/voorbeeld", "/einddatum", "/verwijderen", "/versies"):
        page.goto(f"/aanbod/{whole.id}{name}")
        visit(f"activiteit{name.replace('/', '-')}", page)
    page.goto(f"/aanbod/{broken.id}")
    visit("activiteit-niet-compleet", page)
    page.goto(f"/aanbod/{whole.id}/bewerken")
    page.locator("[name=contact_hours]").fill("veel")
    press_button(page.get_by_role("button", name="Opslaan").first)
    visit("activiteit-bewerken-fout", page)
    page.goto(f"/aanbod/{whole.id}/verwijderen")
    press_button(page.get_by_role("button", name="Definitief verwijderen"))
    visit("activiteit-verwijderen-fout", page)
    page.goto("/aanbod")
    page.locator("[name=scope][value=all]").check()
    press_button(page.locator("button[name=action][value=delete]"))
    visit("meer-verwijderen", page)
    page.go_back()
    page.locator("[name=scope][value=all]").check()
    press_button(page.locator("button[name=action][value=publish]"))
    visit("meer-publiceren", page)
    press_button(page.get_by_role("button", name="Ja, "))
    heading(page, "Activiteiten publiceren")
    visit("gepubliceerd", page)
    page.goto("/aanbod")
    visit("aanbod-gepubliceerd", page)
    page.goto(f"/aanbod/{whole.id}/einddatum")
    page.locator("[name=end_date]").fill(f"{today() - timedelta(days=1):%d-%m-%Y}")
    press_button(page.get_by_role("button", name="Einddatum opslaan"))
    visit("einddatum-bevestigen", page)


def catalogue(page: Page, product: Product, visit: Visit) -> None:
    """A visitor and a teacher, after `offers`."""
    published = [one for one in offers_of(product, GUIDE.kvk) if one.status == "gepubliceerd"]
    page.goto("/catalogus")
    visit("catalogus", page)
    page.goto("/catalogus?zoek=bestaatnietecht")
    visit("catalogus-niets", page)
    page.goto(f"/catalogus/aanbieder/{GUIDE.kvk}")
    visit("catalogus-aanbieder", page)
    page.goto(f"/catalogus/{published[0].id}")
    visit("catalogus-activiteit", page)
    page.get_by_role("link", name="Meld het ons").click()
    heading(page, "Melden")
    visit("catalogus-melden", page)
    login_account(page, "leraar-3")
    tour_pages.open_each(page, tour_pages.OF_A_TEACHER, visit, "leraar")
    visit("portfolio-leeg", page)
    page.goto("/portfolio/zoeken?zoek=")
    visit("portfolio-zoeken", page)
    page.goto(f"/portfolio/toevoegen/{published[0].id}")
    visit("portfolio-toevoegen", page)
    page.locator("[name=followed_on]").fill("")
    press_button(page.get_by_role("button", name="Toevoegen"))
    visit("portfolio-toevoegen-fout", page)
    page.locator("[name=followed_on]").fill(f"{today():%d-%m-%Y}")
    press_button(page.get_by_role("button", name="Toevoegen"))
    heading(page, "portfolio")
    _own_activity(page, visit)
    visit("portfolio", page)
    page.get_by_role("link", name="Beoordelen").click()
    heading(page, "beoordelen")
    press_button(page.get_by_role("button", name="Beoordeling bewaren"))
    visit("portfolio-beoordelen", page)
    page.goto("/portfolio/zoekopdrachten?zoek=rekenen")
    press_button(page.get_by_role("button", name="Bewaren"))
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
    press_button(page.get_by_role("button", name="Opslaan in portfolio"))
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
    one = f"register/{provider_of(product, GUIDE.kvk).id}"
    own = f"{one}/aanbod/{offers_of(product, GUIDE.kvk)[0].id}"
    of_one = (one, f"{one}/aanbod", own, f"{one}/kvk-nummer")
    tour_pages.open_each(page, (*of_one, *tour_pages.OF_A_REGISTRAR), visit, "medewerker")
    login_account(page, "process_owner")
    visit("processen", page)
    tour_pages.open_each(page, tour_pages.OF_AN_OWNER, visit, "eigenaar")
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
        *("bewaartermijnen", *tour_pages.OF_AN_OPERATOR),
    ):
        page.goto(f"/beheer/{name}")
        visit(f"beheer-{name.replace('/', '-')}", page)
    instance = onboarding_of(product, GUIDE.kvk)
    assert instance is not None
    page.goto(f"/beheer/processen/{instance.id}")
    page.locator(".djs-container").wait_for()
    visit("beheer-zaak", page)
    _operations(page, product, visit)
    tour_pages.operators_webhook(page, visit)


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
    press_button(page.get_by_role("button", name="Stilzetten"))
    heading(page, "Stilzetten")
    visit("beheer-alle-stilzetten", page)
    press_button(page.get_by_role("button", name="Stilzetten"))
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
    press_button(page.get_by_role("button", name="Nieuwe versie maken"))
    heading(page, "Kwaliteitseisen")
    visit("tekst-kwaliteitseisen-fout", page)
