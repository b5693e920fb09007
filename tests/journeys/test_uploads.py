"""A teacher sends files with a form: told at once, kept after an error, saved from the receipt."""

from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect
from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import deploy
from tests.app.begin.complaints import KEY, SUBJECT, complaint
from tests.journeys.conftest import NewPage
from tests.journeys.pages import heading, login_account
from tests.journeys.test_accessibility import faults_of
from tests.processes.engine.form_fields import field
from tests.product import Product
from tests.uploaded import PDF, PNG
from workers.vocabulary import vocabulary

pytestmark = [
    pytest.mark.browser,
    # The pages are the same on every database.
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]

PROOF = field("bewijs", "file", label="Hebt u een bewijs?", max="3", largest="1", required="")
LARGE = b"x" * (1024 * 1024 + 1)


def file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


@pytest.fixture
def complaints(product: Product) -> None:
    with Session(product.database.engine) as session:
        xml = complaint(PROOF, SUBJECT, review=True)
        deploy(session, xml, vocabulary=vocabulary(), deployed_by="petra")
        session.commit()


def download(page: Page, name: str) -> bytes:
    with page.expect_download() as begun:
        page.get_by_role("link", name=name).click()
    return Path(begun.value.path()).read_bytes()


@pytest.mark.usefixtures("complaints")
def test_a_file_is_added_kept_taken_away_sent_and_saved(page: Page) -> None:
    login_account(page, "leraar-1")
    page.goto(f"/starten/{KEY}")
    box = page.get_by_label("Hebt u een bewijs?")
    box.set_input_files(file("foto.png", LARGE))
    expect(page.get_by_role("alert")).to_contain_text("“foto.png” is te groot.")
    expect(box).to_have_value("")
    box.set_input_files([file("brief.pdf", PDF), file("foto.png", PNG), file("nep.jpg", b"geen")])
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Verder, naar de controle").click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("“nep.jpg” is geen PDF, JPEG of PNG.")
    expect(page.get_by_text("brief.pdf (1 kB)")).to_be_visible()
    assert faults_of(page) == []
    page.get_by_label("Verwijderen foto.png").check()
    page.get_by_label("Waar gaat uw klacht over?").fill("De deur was dicht")
    page.get_by_role("button", name="Verder, naar de controle").click()
    heading(page, "Controleer uw antwoorden")
    expect(page.get_by_text("foto.png")).to_have_count(0)
    assert download(page, "brief.pdf") == PDF
    assert faults_of(page) == []
    page.get_by_role("button", name="Versturen").click()
    heading(page, "Wij hebben het ontvangen")
    assert download(page, "brief.pdf") == PDF


@pytest.mark.usefixtures("complaints")
def test_without_scripts_the_server_tells_the_same(new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False)
    login_account(page, "leraar-1")
    page.goto(f"/starten/{KEY}")
    page.get_by_label("Hebt u een bewijs?").set_input_files(
        [file("foto.png", LARGE), file("brief.pdf", PDF)]
    )
    page.get_by_label("Waar gaat uw klacht over?").fill("De deur was dicht")
    page.get_by_role("button", name="Verder, naar de controle").click()
    expect(page.get_by_role("alert")).to_contain_text("“foto.png” is te groot.")
    page.get_by_role("button", name="Verder, naar de controle").click()
    heading(page, "Controleer uw antwoorden")
    page.get_by_role("button", name="Versturen").click()
    heading(page, "Wij hebben het ontvangen")
    expect(page.get_by_role("link", name="brief.pdf")).to_be_visible()
