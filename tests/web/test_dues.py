"""What is owed, through pages: the list, the part at the fault, the card at the device."""

import re

import pytest
from flask.testing import FlaskClient

from roundtag.models import FaultDue
from tests.owing import Case
from tests.web.conftest import SignIn
from tests.web.test_packs import queries
from tests.world import World, new_id


@pytest.fixture
def case(world: World, monkeypatch: pytest.MonkeyPatch) -> Case:
    return Case(world, monkeypatch)


@pytest.fixture
def manager(signed_in: SignIn) -> FlaskClient:
    return signed_in("manager-a")


def post(browser: FlaskClient, path: str, **fields: str):  # type: ignore[no-untyped-def]
    return browser.post(path, data={"submission_id": new_id(), **fields})


def test_a_diagnosis_is_asked_for_and_handed_in(case: Case, engineer: FlaskClient) -> None:
    fault = case.fault()
    case.step(fault, "arrive")
    row = case.due(fault, "diagnosis")
    page = engineer.get(f"/faults/{fault}").text
    assert f'action="/dues/{row.id}/diagnosis"' in page
    assert f'action="/dues/{row.id}/waiver"' not in page  # that is the manager's
    lacking = post(engineer, f"/dues/{row.id}/diagnosis", cause="灯泡老化")
    assert lacking.status_code == 422
    assert "灯泡老化" in lacking.text
    assert lacking.text.count('aria-invalid="true"') == 2
    assert case.owed(fault) == {"diagnosis"}
    sent = {"cause": "灯泡老化", "remedy": "换灯泡", "cost": "800 元"}
    done = post(engineer, f"/dues/{row.id}/diagnosis", **sent)
    assert (done.status_code, done.location) == (303, f"/faults/{fault}#dues")
    shown = engineer.get(f"/faults/{fault}").text
    assert "800 元" in shown
    assert f'action="/dues/{row.id}/diagnosis"' not in shown


def test_a_loaner_names_the_units_that_fit(case: Case, engineer: FlaskClient) -> None:
    fault = case.fault()
    assert post(engineer, f"/faults/{fault}/irreparable").status_code == 422
    assert post(engineer, f"/faults/{fault}/irreparable", reason="烧毁").status_code == 303
    page = engineer.get(f"/faults/{fault}").text
    assert "SPA1" in page
    assert "SPA2" in page
    assert f'action="/faults/{fault}/irreparable"' not in page


def test_the_maker_and_the_useless_system(case: Case, engineer: FlaskClient) -> None:
    fault = case.fault()
    assert post(engineer, f"/faults/{fault}/maker", asked="主板", key_part="1").status_code == 303
    assert post(engineer, f"/faults/{fault}/unusable", words="全黑").status_code == 303
    assert case.owed(fault) == {"maker", "fallback"}
    assert post(engineer, f"/faults/{fault}/maker", asked="主板").status_code == 303
    assert FaultDue.select().count() == 2


def test_a_callback_from_the_form_to_the_conflict(case: Case, signed_in: SignIn) -> None:
    fault = case.fault()
    case.resolve(fault)
    row = case.due(fault, "callback")
    path = f"/dues/{row.id}/callback"
    quality = signed_in("quality-all")
    assert path in quality.get(f"/faults/{fault}").text
    assert post(quality, path, answer="unhappy").status_code == 422
    assert post(quality, path, answer="not_reached").status_code == 303
    assert post(quality, path, answer="satisfied").status_code == 303
    again = post(quality, path, answer="unhappy", words="x")
    assert again.status_code == 303
    assert case.due(fault, "callback").done_how == "satisfied"


def test_a_demanded_replacement_stands_on_the_devices_page(
    case: Case, engineer: FlaskClient, manager: FlaskClient
) -> None:
    for number, symptom in enumerate(("no_picture", "power", "no_sound")):
        case.at(number)
        case.fault(symptom=symptom)
    row = FaultDue.get(FaultDue.kind == "replacement")
    path = f"/t/{case.world.tags[0]}"
    page = engineer.get(path).text
    card = page.split('id="demand"')[1].split("</section>")[0]
    assert len(re.findall(r'href="/faults/\d+"', card)) == 3
    assert "/waiver" not in card
    assert f"/dues/{row.id}/waiver" in manager.get(path).text
    assert 'id="demand"' not in engineer.get(f"/t/{case.world.tags[1]}").text
    assert post(manager, f"/dues/{row.id}/waiver", reason="下月换").status_code == 303
    assert 'id="demand"' not in engineer.get(path).text
    assert post(manager, f"/dues/{row.id}/waiver").status_code == 422


def test_the_list_keeps_its_place_and_says_when_it_is_empty(
    case: Case, manager: FlaskClient
) -> None:
    empty = manager.get("/dues")
    assert empty.status_code == 200
    assert 'class="empty"' in empty.text
    fault = case.fault()
    case.resolve(fault)
    case.at(200)
    page = manager.get("/dues").text
    assert page.count(f'href="/faults/{fault}#dues"') == 8  # four, for phones and for the desk
    narrow = manager.get("/dues?kind=callback&mine=1").text
    assert "kind=callback&amp;mine=1&amp;state=done" in narrow
    assert manager.get("/dues?kind=%00&client=-1&state=x&mine=9").status_code == 200
    assert f"/faults/{fault}#known" in manager.get("/dues?kind=article").text


def test_ids_that_name_nothing(engineer: FlaskClient, manager: FlaskClient) -> None:
    for path in ("/dues/999999/fulfilment", "/dues/999999/diagnosis", "/faults/999999/maker",
                 "/faults/999999/unusable", "/dues/99999999999999999999/fulfilment"):  # fmt: skip
        assert post(engineer, path, note="x", asked="x", words="x").status_code == 404, path
    assert post(manager, "/dues/999999/waiver", reason="x").status_code == 404
    assert engineer.get("/faults/999999/dues").status_code == 404


def test_another_client_is_not_found(case: Case, signed_in: SignIn) -> None:
    fault = case.fault()
    case.resolve(fault)
    row = case.due(fault, "callback")
    elsewhere = signed_in("quality-elsewhere")
    assert post(elsewhere, f"/dues/{row.id}/callback", answer="satisfied").status_code == 404
    assert elsewhere.get(f"/faults/{fault}/dues").status_code == 404
    assert f"/faults/{fault}" not in elsewhere.get("/dues").text


def test_pages_cost_a_fixed_number_of_queries(case: Case, manager: FlaskClient) -> None:
    fault = case.fault()
    case.resolve(fault)
    paths = ["/dues", f"/faults/{fault}", f"/faults/{fault}/dues"]
    few = {path: queries(manager, path) for path in paths}
    case.step(fault, "reopen")
    case.step(fault, "arrive")
    case.resolve(fault)
    for symptom in ("power", "no_sound"):
        case.resolve(case.fault(1, symptom=symptom))
    assert {path: queries(manager, path) for path in paths} == few
