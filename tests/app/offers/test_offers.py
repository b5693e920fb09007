"""A provider's pages of offers: overview, edit, publish, end, delete, access."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from processes.base import set_clock, today
from processes.engine.store.models import Incident
from processes.register.changes import record_event
from processes.register.offers.fields import MOST_HOURS, MOST_PARTICIPANTS
from processes.register.offers.offers import Offer, OfferStatus, edit, set_end_date
from processes.register.providers.providers import Provider, suspend
from tests.app.offers.offer_world import (
    BY,
    a_provider,
    a_published_offer,
    an_employee,
    an_offer,
    deploy_offer_publication,
    form_of,
)
from tests.app.onboarding import field

OTHER_KVK = "69599084"
IN_TWO_YEARS = today().year + 2


@pytest.fixture(autouse=True)
def world(app: Flask, session: Session) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    deploy_offer_publication(session)
    session.commit()


@pytest.fixture
def provider(session: Session) -> Provider:
    return a_provider(session)


@pytest.fixture
def employee(app: Flask, client: FlaskClient, provider: Provider) -> None:
    an_employee(app, client, kvk=provider.kvk)


def test_who_has_not_registered_yet_goes_to_the_registration(
    app: Flask, client: FlaskClient
) -> None:
    an_employee(app, client, kvk=OTHER_KVK)
    response = client.get("/aanbod")
    assert (response.status_code, response.location) == (302, "/aanmelding")


@pytest.mark.rule("R57")
@pytest.mark.usefixtures("employee")
def test_an_overview_without_offers_says_how_to_begin(client: FlaskClient) -> None:
    page = client.get("/aanbod").text
    assert "U hebt nog geen aanbod" in page
    assert "/aanbod/nieuw" in page


@pytest.mark.usefixtures("employee")
def test_what_a_program_of_the_company_did_is_told_by_its_key(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    key = f"opening {provider.kvk} Onze website"
    edit(session, offer.id, {"title": "Anders"}, based_on=offer.version, by=key)
    record_event(session, "company-changed", actor=f"opening {provider.kvk} Site", kvk=provider.kvk)
    session.commit()
    for address in (f"/aanbod/{offer.id}", f"/aanbod/{offer.id}/versies"):
        page = client.get(address).text
        assert "door sleutel Onze website" in page
        assert "opening" not in page
    assert ">sleutel Site<" in client.get("/bedrijf").text


@pytest.mark.usefixtures("employee")
def test_the_overview_counts_and_shows_what_is_missing(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    an_offer(session, provider, title="Half af", areas=[], sectors=[])
    a_published_offer(session, provider, title="Helemaal af")
    page = client.get("/aanbod").text
    assert "0 van 2 gecontroleerd, 1 gepubliceerd" in page
    assert "2 ontbreken" in page
    assert "Bekwaamheidsgebied, Sector" in page


@pytest.mark.usefixtures("employee")
def test_the_overview_filters(client: FlaskClient, session: Session, provider: Provider) -> None:
    an_offer(session, provider, title="Concept over taal")
    a_published_offer(session, provider, title="Klaar over taal")
    page = client.get("/aanbod?status=gepubliceerd&text=taal").text
    assert "Klaar over taal" in page
    assert "Concept over taal" not in page


@pytest.mark.usefixtures("employee")
@pytest.mark.parametrize(
    "words", ["status=x", "complete=x", "pagina=x", "pagina=99999999", "volgorde=x"]
)
def test_nonsense_in_the_address_of_the_overview_is_no_filter(
    client: FlaskClient, session: Session, provider: Provider, words: str
) -> None:
    an_offer(session, provider)
    response = client.get(f"/aanbod?{words}")
    assert response.status_code == 200
    assert "Rekenen met plezier" in response.text


@pytest.mark.usefixtures("employee")
def test_a_new_activity_is_kept_as_concept_also_when_half_empty(
    client: FlaskClient, session: Session
) -> None:
    sent = form_of(title="Nieuw", content=None, areas=None)
    response = client.post("/aanbod/nieuw", data=sent)
    assert response.status_code == 302
    offer = session.scalars(select(Offer)).one()
    assert (offer.title, offer.status) == ("Nieuw", OfferStatus.CONCEPT)
    page = client.get(response.location).text
    assert "ontbreken nog 2 gegevens" in page
    assert "U leert rekenlessen boeiend maken." in page  # the texts themselves
    assert f"/aanbod/{offer.id}/bewerken#content" in page


@pytest.mark.rule("R15")
@pytest.mark.usefixtures("employee")
def test_who_goes_back_after_creating_changes_the_activity_that_was_made(
    client: FlaskClient, session: Session
) -> None:
    found = re.search(r'href="(/aanbod/nieuw\?formulier=[^"]+)"', client.get("/aanbod").text)
    assert found
    address = found[1]
    token = field(client.get(address), "submission_id")
    made = client.post(address, data=form_of(submission_id=token, title="Eerst"))
    again = client.post(address, data=form_of(submission_id=token, title="Daarna"))
    assert made.location == again.location
    offer = session.scalars(select(Offer)).one()
    session.refresh(offer)
    assert offer.title == "Daarna"
    assert client.get(address).location == f"/aanbod/{offer.id}/bewerken"


@pytest.mark.rule("R15")
@pytest.mark.usefixtures("employee")
def test_a_double_click_makes_one_new_activity(client: FlaskClient, session: Session) -> None:
    sent = form_of()
    first, second = (client.post("/aanbod/nieuw", data=sent) for _ in range(2))
    assert first.location == second.location
    assert session.scalar(select(func.count()).select_from(Offer)) == 1


@pytest.mark.usefixtures("employee")
def test_what_cannot_be_read_is_told_and_nothing_typed_is_lost(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    sent = form_of(title="Andere titel", contact_hours="veel", based_on=offer.version)
    response = client.post(f"/aanbod/{offer.id}/bewerken", data=sent)
    assert response.status_code == 422
    assert "Andere titel" in response.text
    assert "veel" in response.text
    assert "Vul het aantal uren in als getal" in response.text


@pytest.mark.usefixtures("employee")
def test_saving_and_publishing_makes_it_visible(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider, areas=[])
    sent = form_of(based_on=offer.version, next="publish")
    response = client.post(f"/aanbod/{offer.id}/bewerken", data=sent)
    assert response.status_code == 302
    session.refresh(offer)
    assert offer.status is OfferStatus.PUBLISHED
    assert client.get(f"/catalogus/{offer.id}").status_code == 200


@pytest.mark.rule("R24")
@pytest.mark.usefixtures("employee")
def test_publishing_what_is_incomplete_saves_it_and_lists_what_is_missing(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    sent = form_of(title="Nieuwe titel", areas=None, based_on=offer.version, next="publish")
    response = client.post(f"/aanbod/{offer.id}/bewerken", data=sent)
    assert response.status_code == 422
    assert "Bekwaamheidsgebied: kies er minstens één" in response.text
    session.refresh(offer)
    assert (offer.title, offer.status) == ("Nieuwe titel", OfferStatus.CONCEPT)


@pytest.mark.usefixtures("employee")
def test_what_teachers_read_cannot_be_emptied(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    assert client.post(f"/aanbod/{offer.id}/publiceren").status_code == 302
    sent = form_of(title="", location="Utrecht", based_on=offer.version)
    response = client.post(f"/aanbod/{offer.id}/bewerken", data=sent)
    assert response.status_code == 422
    assert "De activiteit is gepubliceerd. Daarom is dit nodig. Titel." in response.text
    assert "Utrecht" in response.text
    session.refresh(offer)
    assert offer.title
    assert session.scalar(select(func.count()).select_from(Incident)) == 0


@pytest.mark.usefixtures("employee")
def test_a_version_that_no_offer_can_have_is_no_error_of_ours(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    sent = form_of(based_on="9" * 50)
    assert client.post(f"/aanbod/{offer.id}/bewerken", data=sent).status_code == 422


@pytest.mark.usefixtures("employee")
def test_the_publish_button_refuses_what_is_incomplete(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider, sectors=[])
    response = client.post(f"/aanbod/{offer.id}/publiceren")
    assert response.status_code == 422
    assert "Sector: kies er minstens één" in response.text
    assert session.scalar(select(func.count()).select_from(Incident)) == 0


@pytest.mark.rule("R30")
@pytest.mark.usefixtures("employee")
def test_the_second_of_two_who_edit_sees_both_and_keeps_what_was_typed(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    seen = offer.version
    edit(
        session, offer.id, {"title": "Van de ander", "cost": "gratis"}, based_on=seen, by="collega"
    )
    session.commit()
    sent = form_of(title="Van mij", location="Utrecht", based_on=seen)
    response = client.post(f"/aanbod/{offer.id}/bewerken", data=sent)
    assert response.status_code == 409
    for text in ("Van de ander", "Van mij", "Utrecht", "gratis", "collega"):
        assert text in response.text
    session.refresh(offer)
    assert offer.title == "Van de ander"
    assert session.scalar(select(func.count()).select_from(Incident)) == 0
    again = form_of(title="Van mij", location="Utrecht", cost="gratis", based_on=offer.version)
    assert client.post(f"/aanbod/{offer.id}/bewerken", data=again).status_code == 302
    session.refresh(offer)
    assert (offer.title, offer.location, offer.cost) == ("Van mij", "Utrecht", "gratis")


@pytest.mark.rule("R30")
@pytest.mark.usefixtures("employee")
def test_who_edits_while_a_colleague_sets_an_end_date_reads_which(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider, end_date="2029-12-31")
    for day, told in ((None, "De einddatum is nu: geen."), (date(2030, 1, 2), "02-01-2030.")):
        session.refresh(offer)
        seen = offer.version
        set_end_date(session, offer.id, day, by="collega")
        session.commit()
        response = client.post(
            f"/aanbod/{offer.id}/bewerken", data=form_of(title="X", based_on=seen)
        )
        assert response.status_code == 409
        assert told in response.text


@pytest.mark.usefixtures("employee")
def test_a_form_takes_as_many_hours_and_participants_as_a_file_does(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    address = f"/aanbod/{offer.id}/bewerken"
    most = {"contact_hours": str(MOST_HOURS), "max_participants": str(MOST_PARTICIPANTS)}
    sent = form_of(**most, based_on=offer.version)
    assert client.post(address, data=sent).status_code == 302
    session.refresh(offer)
    assert (offer.contact_hours, offer.max_participants) == (MOST_HOURS, MOST_PARTICIPANTS)
    for name, message in (
        ("contact_hours", f"Vul hooguit {MOST_HOURS} uur in."),
        ("max_participants", f"Vul een aantal in van 1 tot en met {MOST_PARTICIPANTS}."),
    ):
        more = {**most, name: str(int(most[name]) + 1)}
        response = client.post(address, data=form_of(**more, based_on=offer.version))
        assert response.status_code == 422
        assert message in response.text
        assert field(response, name) == more[name]


@pytest.mark.rule("R15", "R30")
def test_who_edits_in_two_windows_reads_that_it_was_themselves(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    employee = an_employee(app, client, kvk=provider.kvk)
    offer = an_offer(session, provider)
    seen = offer.version
    edit(session, offer.id, {"title": "Eerst"}, based_on=seen, by=employee.label)
    session.commit()
    address = f"/aanbod/{offer.id}/bewerken"
    page = client.post(address, data=form_of(title="Daarna", based_on=seen)).text
    assert "U hebt deze activiteit intussen zelf gewijzigd" in page
    assert "In een ander venster is opgeslagen terwijl u bezig was." in page
    assert "Iemand anders" not in page
    stale = {"If-Match": f'"{seen}"', "HX-Request": "true"}
    late = client.post(f"{address}/deel", data=form_of(deel="title"), headers=stale)
    assert late.json is not None
    assert late.json["text"].startswith("Niet opgeslagen: u (in een ander venster) wijzigde")


@pytest.mark.usefixtures("employee")
def test_saving_does_not_touch_the_end_date(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider, end_date=f"{IN_TWO_YEARS}-01-31")
    client.post(f"/aanbod/{offer.id}/bewerken", data=form_of(based_on=offer.version))
    session.refresh(offer)
    assert offer.end_date is not None


@pytest.mark.usefixtures("employee")
def test_a_start_after_the_end_is_told_at_the_field(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider, end_date=f"{IN_TWO_YEARS}-01-31")
    sent = form_of(**{"runs-0-start": f"01-02-{IN_TWO_YEARS}"}, based_on=offer.version)
    response = client.post(f"/aanbod/{offer.id}/bewerken", data=sent)
    assert response.status_code == 422
    assert f"31-01-{IN_TWO_YEARS}" in response.text


@pytest.mark.rule("R20")
@pytest.mark.usefixtures("employee")
def test_a_past_end_date_asks_once_and_then_hides_it(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_published_offer(session, provider)
    address = f"/aanbod/{offer.id}/einddatum"
    asked = client.post(address, data={"end_date": "1-1-2020"})
    assert "in het verleden" in asked.text
    session.refresh(offer)
    assert offer.end_date is None
    client.post(address, data={"end_date": "01-01-2020", "confirmed": "2020-01-01"})
    assert "wordt niet meer aangeboden" in client.get(f"/catalogus/{offer.id}").text
    client.post(address, data={"end_date": ""})
    assert "wordt niet meer aangeboden" not in client.get(f"/catalogus/{offer.id}").text


@pytest.mark.rule("R22")
@pytest.mark.usefixtures("employee")
def test_a_strange_year_is_asked_about_once(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    address = f"/aanbod/{offer.id}/einddatum"
    assert "Klopt het jaar 2202?" in client.post(address, data={"end_date": "1-1-2202"}).text
    sent = {"end_date": "01-01-2202", "confirmed": "2202-01-01"}
    assert client.post(address, data=sent).status_code == 302


@pytest.mark.rule("R22")
@pytest.mark.usefixtures("employee")
def test_an_end_before_the_start_is_refused(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider, runs=[{"start": f"{IN_TWO_YEARS}-01-31"}])
    response = client.post(
        f"/aanbod/{offer.id}/einddatum", data={"end_date": f"30-01-{IN_TWO_YEARS}"}
    )
    assert response.status_code == 422
    assert "voor de begindatum" in response.text
    assert "Kies dan een einddatum in het verleden" in response.text


@pytest.mark.usefixtures("employee")
def test_what_is_still_to_begin_is_hidden_by_a_past_end_date_after_a_warning(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_published_offer(session, provider, runs=[{"start": f"{IN_TWO_YEARS}-01-31"}])
    address = f"/aanbod/{offer.id}/einddatum"
    asked = client.post(address, data={"end_date": "1-1-2026"})
    assert "niet doorgaat" in asked.text
    assert "gaat niet door" not in client.get(f"/catalogus/{offer.id}").text
    sent = {"end_date": "01-01-2026", "confirmed": "2026-01-01"}
    told = client.post(address, data=sent, follow_redirects=True)
    assert "De activiteit gaat niet door" in told.text
    public = client.get(f"/catalogus/{offer.id}").text
    assert "gaat niet door" in public
    assert "Toevoegen aan portfolio" not in public
    assert offer.title not in client.get("/catalogus").text


@pytest.mark.usefixtures("employee")
def test_a_concept_that_never_was_public_is_not_said_to_have_been(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    never = an_offer(session, provider, end_date="2020-01-01")
    validated = an_offer(session, provider, end_date="2020-01-01", legacy_number="12-345")
    page = client.get(f"/aanbod/{never.id}").text
    assert "nooit gezien" in page
    assert "nog aan hun portfolio toevoegen" not in page
    page = client.get(f"/aanbod/{validated.id}").text
    assert "nog aan hun portfolio toevoegen" in page
    assert "in de catalogus. Leraren vinden haar daar niet meer" not in page


@pytest.mark.usefixtures("employee")
def test_a_concept_that_gets_a_past_end_date_is_not_said_to_be_out_of_the_catalogue(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    sent = {"end_date": "01-01-2020", "confirmed": "2020-01-01"}
    told = client.post(f"/aanbod/{offer.id}/einddatum", data=sent, follow_redirects=True).text
    assert "De einddatum is nu 01-01-2020" in told
    assert "niet meer in de catalogus" not in told


@pytest.mark.usefixtures("employee")
def test_what_is_published_after_its_last_day_is_not_said_to_have_been_there_until_then(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    late = a_published_offer(session, provider, end_date="2020-01-01")
    page = client.get(f"/aanbod/{late.id}").text
    assert "stond tot en met" not in page
    assert "de einddatum, 1 januari 2020, is voorbij" in page
    assert "wel aan hun portfolio toevoegen" in page


@pytest.mark.rule("R31")
@pytest.mark.usefixtures("employee")
def test_deleting_asks_for_the_title_and_offers_the_end_date_first(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_published_offer(session, provider, title="Weg ermee")
    address = f"/aanbod/{offer.id}/verwijderen"
    page = client.get(address).text
    assert page.index("Einddatum instellen") < page.index("Definitief verwijderen")
    assert "geen enkele leraar" in page
    assert client.post(address, data={"confirmation": "Weg er mee"}).status_code == 422
    assert client.post(address, data={"confirmation": " weg ERMEE "}).status_code == 302
    assert client.get(f"/catalogus/{offer.id}").status_code == 410
    assert client.get(f"/aanbod/{offer.id}").status_code == 410


@pytest.mark.rule("R31")
@pytest.mark.usefixtures("employee")
def test_who_deletes_what_is_hidden_already_reads_that(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    past = "2020-03-01"
    ended = a_published_offer(session, provider, end_date=past)
    called_off = a_published_offer(
        session, provider, end_date=past, runs=[{"start": f"{IN_TWO_YEARS}-01-31"}]
    )
    concept = an_offer(session, provider)
    told = (
        (ended, "kan haar nog aan het portfolio toevoegen", "Liever verbergen?"),
        (called_off, "Zij is al verborgen", "nog aan het portfolio toevoegen"),
        (concept, "Leraren zien een concept niet", "kunnen haar dan nog"),
    )
    for offer, said, unsaid in told:
        page = client.get(f"/aanbod/{offer.id}/verwijderen").text
        assert said in page
        assert unsaid not in page


def _without_ids(page: TestResponse) -> str:
    """The page without its address, and without the form token, which tells the second."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    offer = page.request.path.split("/")[2]
    return page.text.replace(token[1], "").replace(offer, "")


@pytest.mark.rule("R62")
@pytest.mark.usefixtures("employee")
def test_the_offer_of_another_company_does_not_exist(client: FlaskClient, session: Session) -> None:
    theirs = an_offer(session, a_provider(session, OTHER_KVK))
    unknown = client.get(f"/aanbod/{uuid4()}")
    for page in ("", "/bewerken", "/voorbeeld", "/einddatum", "/verwijderen", "/versies"):
        response = client.get(f"/aanbod/{theirs.id}{page}")
        assert response.status_code == 404, page
        assert _without_ids(response) == _without_ids(unknown)
    for page in ("/publiceren", "/kopie", "/gecontroleerd", "/einddatum", "/verwijderen"):
        assert client.post(f"/aanbod/{theirs.id}{page}").status_code == 404, page


@pytest.mark.rule("R54")
def test_one_branch_changes_its_own_and_only_reads_what_is_of_the_company(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    mine = an_offer(session, provider, title="Van mijn vestiging", branch="000037178601")
    shared = an_offer(session, provider, title="Van het bedrijf")
    other = an_offer(session, provider, title="Van een ander", branch="000037178602")
    an_employee(app, client, branch="000037178601")
    page = client.get("/aanbod").text
    assert "Van mijn vestiging" in page
    assert "Van een ander" not in page
    assert client.get(f"/aanbod/{mine.id}/bewerken").status_code == 200
    assert client.get(f"/aanbod/{shared.id}").status_code == 200
    assert client.get(f"/aanbod/{shared.id}/bewerken").status_code == 403
    assert client.get(f"/aanbod/{other.id}").status_code == 404


@pytest.mark.usefixtures("employee")
def test_a_suspended_provider_looks_and_changes_nothing(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_published_offer(session, provider)
    suspend(session, provider, "Klachten over de kwaliteit", by="registrar")
    session.commit()
    assert "Klachten over de kwaliteit" in client.get("/aanbod").text
    assert client.get(f"/aanbod/{offer.id}").status_code == 200
    for page in ("/bewerken", "/einddatum", "/verwijderen"):
        response = client.get(f"/aanbod/{offer.id}{page}")
        assert response.status_code == 403
        assert "Klachten over de kwaliteit" in response.text
    assert client.post("/aanbod/nieuw", data=form_of()).status_code == 403


@pytest.mark.usefixtures("employee")
def test_a_copy_is_a_concept_and_a_double_click_makes_one(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_published_offer(session, provider)
    sent = {"submission_id": str(uuid4())}
    first, second = (client.post(f"/aanbod/{offer.id}/kopie", data=sent) for _ in range(2))
    assert first.location == second.location
    statuses = session.scalars(select(Offer.status).order_by(Offer.status)).all()
    assert statuses == [OfferStatus.CONCEPT, OfferStatus.PUBLISHED]


@pytest.mark.usefixtures("employee")
def test_checked_is_apart_from_published(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    client.post(f"/aanbod/{offer.id}/gecontroleerd", data={"gecontroleerd": "ja"})
    assert "1 van 1 gecontroleerd, 0 gepubliceerd" in client.get("/aanbod").text


@pytest.mark.usefixtures("employee")
def test_the_preview_is_what_a_teacher_sees(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_published_offer(session, provider)
    preview = client.get(f"/aanbod/{offer.id}/voorbeeld").text
    page = client.get(f"/catalogus/{offer.id}").text
    actions = "<p>Dit is een activiteit van uw bedrijf."  # what can be done stands below the texts
    for start, end in (('<p class="loket-offer__kind">', actions), ("In het kort", "</dl>")):
        read = page[page.index(start) :]
        assert read[: read.index(end)].strip() in preview
    assert actions not in preview
    assert f"/catalogus/{offer.id}.atom" in page
    assert f"/catalogus/{offer.id}.atom" not in preview


@pytest.mark.rule("R28")
@pytest.mark.usefixtures("employee")
def test_the_versions_tell_who_changed_what(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    edit(session, offer.id, {"contact_hours": "3.5"}, based_on=offer.version, by="collega")
    session.commit()
    page = client.get(f"/aanbod/{offer.id}/versies").text
    assert "collega" in page
    assert "3,5" in page


@pytest.mark.rule("R28", "R58")
@pytest.mark.usefixtures("employee")
def test_many_versions_stand_on_pages_and_each_tells_what_it_was_and_became(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider, title="Titel 0.")
    for number in range(1, 13):
        title = {"title": f"Titel {number}."}
        edit(session, offer.id, title, based_on=offer.version, by="collega")
    session.commit()
    address = f"/aanbod/{offer.id}/versies"
    newest, oldest = (client.get(f"{address}?pagina={number}").text for number in (1, 2))
    tables = newest.split("<table")[1:] + oldest.split("<table")[1:-1]  # the last is of its making
    for table, number in zip(tables, range(12, 0, -1), strict=True):
        assert f"{number - 1}." in table
        assert f"{number}." in table
    assert 'rel="next"' in newest
    assert 'rel="next"' not in oldest


@pytest.mark.rule("R28")
@pytest.mark.usefixtures("employee")
def test_the_versions_show_what_changed_at_the_end_of_a_long_text(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    words = [f"woord{i}" for i in range(200)]
    old = f"<p>{' '.join([*words, 'drie', 'dagen', *words, 'in', 'Utrecht'])}</p>"
    offer.contribution = old
    session.commit()
    new = old.replace("drie", "vier").replace("Utrecht", "Zwolle & omgeving")
    edit(session, offer.id, {"contribution": new}, based_on=offer.version, by="collega")
    session.commit()

    page = client.get(f"/aanbod/{offer.id}/versies").text

    assert page.count("<del>drie </del>dagen woord0") == 2  # shortened, and whole
    assert page.count("<ins>vier </ins>dagen woord0") == 2
    assert page.count("<ins>Zwolle &amp; omgeving</ins>") == 2
    assert page.count("<summary>Hele tekst") == 3  # of what was, became, and was made
    shown = page[page.index("woord") : page.index("<summary>")]
    assert len(shown) < 400
    assert " ".join(words) in page


@pytest.mark.rule("R28")
@pytest.mark.usefixtures("employee")
def test_the_versions_say_that_only_the_markup_changed(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    offer.contribution = "<p>Samen leren rekenen</p>"
    session.commit()
    strong = {"contribution": "<p>Samen <strong>leren</strong> rekenen</p>"}
    edit(session, offer.id, strong, based_on=offer.version, by="collega")
    session.commit()

    page = client.get(f"/aanbod/{offer.id}/versies").text

    assert page.count("Alleen de opmaak is anders.") == 1


@pytest.mark.usefixtures("employee")
def test_the_old_total_of_hours_can_be_confirmed(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    offer.touched, offer.legacy_hours = frozenset(), Decimal(20)
    session.commit()
    assert "stonden 20 uren in totaal" in client.get(f"/aanbod/{offer.id}/bewerken").text
    sent = form_of(based_on=offer.version, hours_confirmed="ja", next="publish")
    assert client.post(f"/aanbod/{offer.id}/bewerken", data=sent).status_code == 302


@pytest.mark.usefixtures("employee")
def test_an_activity_is_seen_until_midnight_in_amsterdam(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_published_offer(session, provider)
    set_clock(lambda: datetime(2027, 7, 1, 12, tzinfo=UTC))
    set_end_date(session, offer.id, datetime(2027, 7, 1, tzinfo=UTC).date(), by=BY)
    session.commit()
    address = f"/catalogus/{offer.id}"
    set_clock(lambda: datetime(2027, 7, 1, 21, 59, tzinfo=UTC))
    assert "wordt niet meer aangeboden" not in client.get(address).text
    set_clock(lambda: datetime(2027, 7, 1, 22, 0, tzinfo=UTC))
    assert "wordt niet meer aangeboden" in client.get(address).text
