"""Templates are compiled once for all processes, and never from what somebody else wrote."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from jinja2 import DictLoader, Environment

from app.factory import create_app
from app.web.serving import template_cache as module
from app.web.serving.template_cache import TemplateCache, code_state, template_cache
from processes.platform.settings import Settings


def _page_of(settings: Settings, monkeypatch: pytest.MonkeyPatch | None = None) -> int:
    app = create_app(settings)
    if monkeypatch:
        monkeypatch.setattr(app.jinja_env, "compile", _never)
    return app.test_client().get("/nergens").status_code


def _never(*_: object) -> None:
    pytest.fail("compiled again")


def test_a_second_process_compiles_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _page_of(settings) == 404
    assert _page_of(settings, monkeypatch) == 404


def test_after_an_upgrade_a_template_is_compiled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def page(suffix: str) -> str:
        loader = DictLoader({"page": "{{ 'a' | ended }}"})
        environment = Environment(
            loader=loader, bytecode_cache=TemplateCache(str(tmp_path)), autoescape=True
        )
        environment.filters["ended"] = lambda text: text + suffix
        return environment.get_template("page").render()

    assert page("1") == "a1"
    assert page("2") == "a1"  # Jinja applied the filter when it compiled
    monkeypatch.setattr(module, "code_state", lambda: "another")
    assert page("2") == "a2"


def test_a_changed_file_is_another_state_of_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ROOT", tmp_path)
    (tmp_path / "app").mkdir()
    states = []
    for content in ("a = 1\n", "a = 10\n"):
        (tmp_path / "app" / "filters.py").write_text(content)
        states.append(code_state.__wrapped__())
    assert states[0] != states[1]


def test_the_folder_is_for_our_eyes_alone(tmp_path: Path) -> None:
    assert template_cache(tmp_path / "templates")
    assert (tmp_path / "templates").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o770, 0o707])
def test_a_folder_that_others_may_write_in_is_not_used(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    folder.chmod(mode)
    assert template_cache(folder) is None


def test_a_link_to_a_folder_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "templates").symlink_to(tmp_path / "elsewhere")
    assert template_cache(tmp_path / "templates") is None


def test_without_a_place_for_it_pages_still_come(settings: Settings, tmp_path: Path) -> None:
    homeless = settings.model_copy(update={"var": tmp_path / "away"})
    assert _page_of(homeless) == 404
    assert not (tmp_path / "away").exists()


def test_a_place_that_goes_away_does_not_fail_a_page(
    client: FlaskClient, settings: Settings
) -> None:
    app = create_app(settings)
    (settings.var / "templates").rmdir()
    assert app.test_client().get("/nergens").status_code == 404
    assert client.get("/nergens").status_code == 404
