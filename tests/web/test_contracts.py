"""Contracts as a browser without JavaScript uses them: the record and the matrix of deadlines."""

import pytest
from flask.testing import FlaskClient

from roundtag.models import Contract, ContractMatrix
from tests.web.conftest import SignIn
from tests.web.reading import Page
from tests.world import World


@pytest.fixture
def manager(signed_in: SignIn) -> FlaskClient:
    browser = signed_in("manager-a")
    browser.set_cookie("lang", "en")
    return browser


@pytest.fixture
def base(world: World) -> str:
    return f"/contracts/{world.contract_id}"


def filled(browser: FlaskClient, page: str, action: str) -> dict[str, str]:
    return dict(Page(browser.get(page).text).form(action).filled())


def test_a_matrix_is_written_seen_and_published(manager: FlaskClient, base: str) -> None:
    form = filled(manager, f"{base}/matrix/edit?preset=by_the_day", f"{base}/matrix")
    answer = manager.post(f"{base}/matrix", data={**form, "I.response.n": "1"})
    assert (answer.status_code, answer.location) == (303, f"{base}/matrix?version=draft")
    draft = manager.get(answer.location)
    assert "Holds for nobody yet" in draft.text
    publish = filled(manager, answer.location, f"{base}/matrix/versions")
    done = manager.post(f"{base}/matrix/versions", data=publish)
    assert done.status_code == 303
    again = manager.post(f"{base}/matrix/versions", data=publish)  # a double tap
    assert again.status_code == 303
    assert ContractMatrix.select().count() == 1
    page = manager.get(f"{base}/matrix").text
    assert "Version 1" in page
    assert "Holds now" in page


def test_what_is_refused_is_shown_with_everything_typed(manager: FlaskClient, base: str) -> None:
    form = filled(manager, f"{base}/matrix/edit", f"{base}/matrix")
    typed = {**form, "III.restore.n": "soon", "def.II.en": "Sound is out", "week.1.am_from": "9h"}
    answer = manager.post(f"{base}/matrix", data=typed)
    assert answer.status_code == 422
    for kept in ("soon", "Sound is out", "9h", "Give a whole number", "Give times as 08:30"):
        assert kept in answer.text
    assert ContractMatrix.select().count() == 0


def test_the_same_page_in_either_language(signed_in: SignIn, base: str) -> None:
    """Words of a shared template do not stay in the language of its first reader."""
    browser = signed_in("manager-a")
    for language, word in (("zh", "到场"), ("en", "On site"), ("zh", "到场")):
        browser.set_cookie("lang", language)
        for page in ("matrix", "matrix/edit"):
            assert word in browser.get(f"{base}/{page}").text


@pytest.mark.parametrize(("at", "due"), [("2025-09-30T17:15", "9 Oct"), ("x", ""), ("", "")])
def test_the_preview_of_another_time(manager: FlaskClient, base: str, at: str, due: str) -> None:
    """Eight days of National Day lie between the report and the response of level III."""
    answer = manager.get(f"{base}/matrix?at={at}")
    assert answer.status_code == 200
    assert due in answer.text


def test_unknown_addresses(manager: FlaskClient, base: str) -> None:
    for path in (f"{base}/matrix?version=9", "/contracts/999", "/contracts/999/matrix"):
        assert manager.get(path).status_code == 404


def test_the_record_is_edited(manager: FlaskClient, world: World, base: str) -> None:
    form = filled(manager, f"{base}/edit", f"{base}/edit")
    answer = manager.post(f"{base}/edit", data={**form, "free_hours": "80", "rate.visit": "200"})
    assert answer.status_code == 303
    assert Contract.get_by_id(world.contract_id).terms["free_hours"] == 80
    page = manager.get(base).text
    assert "200 CNY" in page
    form = filled(manager, f"{base}/edit", f"{base}/edit")
    bad = manager.post(f"{base}/edit", data={**form, "ends_on": "2000-01-01", "name": "改名"})
    assert bad.status_code == 422
    assert "改名" in bad.text


def test_engineers_read_deadlines_and_no_rates(
    manager: FlaskClient, engineer: FlaskClient, base: str
) -> None:
    form = filled(manager, f"{base}/edit", f"{base}/edit")
    manager.post(f"{base}/edit", data={**form, "rate.visit": "217"})
    assert "217" not in engineer.get(base).text
    assert engineer.get(f"{base}/matrix").status_code == 200
    for path in (f"{base}/edit", f"{base}/matrix/edit"):
        assert engineer.get(path).status_code == 403


def test_another_client_sees_nothing(signed_in: SignIn, base: str) -> None:
    browser = signed_in("engineer-elsewhere")
    for path in (base, f"{base}/matrix"):
        assert browser.get(path).status_code == 404
    assert base not in browser.get("/contracts").text


@pytest.mark.parametrize("page", ["edit", "matrix/edit"])
def test_two_people_at_one_form(manager: FlaskClient, base: str, page: str) -> None:
    """Who comes second is told, keeps all that was typed, and may send it again."""
    action = f"{base}/edit" if page == "edit" else f"{base}/matrix"
    name, field = ("name", "name") if page == "edit" else ("I.response.n", "def.I.en")
    first, second = (filled(manager, f"{base}/{page}", action) for _ in range(2))
    assert manager.post(action, data={**first, name: "17"}).status_code == 303
    answer = manager.post(action, data={**second, field: "my own words"})
    assert answer.status_code == 409
    assert "Somebody else has changed this" in answer.text
    assert "my own words" in answer.text
    again = dict(Page(answer.text).form(action).filled())
    assert manager.post(action, data=again).status_code == 303
