"""Articles and problems in the browser: write, preview, publish, help, group."""

import pytest
from flask.testing import FlaskClient

from roundtag.models import Article, ArticleExcuse, ArticleHelp, ArticleVersion, Fault, Problem
from tests import world as worlds
from tests.web.conftest import SignIn
from tests.web.reading import Page
from tests.world import World

FORM = {"kind": "guide", "category": "projector", "symptoms": ["no_picture", "power"],
        "title_zh": "冷启动黑屏",
        "body_zh": "**现象**：黑\n\n1. 等两分钟\n2. <b>换线</b>"}  # fmt: skip


@pytest.fixture
def analyst(signed_in: SignIn) -> FlaskClient:
    return signed_in("analyst-all")


@pytest.fixture
def fault_id(world: World) -> int:
    worlds.deliver("fault", worlds.fault_form(world), world.engineer)
    return int(Fault.get().id)


def test_an_article_is_written_looked_at_and_published(
    analyst: FlaskClient, engineer: FlaskClient, world: World
) -> None:
    shown = analyst.post("/articles/preview", data=FORM)
    assert shown.status_code == 200
    assert "<li>等两分钟</li>" in shown.text
    assert "&lt;b&gt;换线&lt;/b&gt;" in shown.text  # no HTML of anybody's
    assert shown.text.count("checked") == 3
    assert Article.select().count() == 0
    answer = analyst.post("/articles", data=FORM)
    assert answer.status_code == 303
    assert engineer.get(answer.location).status_code == 404
    assert analyst.get(answer.location).status_code == 200
    analyst.post(f"{answer.location}/publication", data={"number": "1"})
    page = engineer.get(answer.location).text
    assert "<b>现象</b>" in page
    assert "/edit" not in page
    assert "冷启动黑屏" in engineer.get("/articles?q=黑屏").text
    assert "冷启动黑屏" in engineer.get(f"/t/{world.tags[0]}").text
    packed = engineer.get(f"/t/{world.tags[0]}", headers={"X-Pack": "1"}).text
    assert "等两分钟" in packed  # what to try first is at hand without a network
    assert 'value="冷启动黑屏"' in analyst.get(f"{answer.location}/edit").text


def test_bad_fields_and_a_second_writer_lose_nothing(analyst: FlaskClient, world: World) -> None:
    refused = analyst.post("/articles", data={**FORM, "title_zh": "", "model": "没有"})
    assert refused.status_code == 422
    assert "等两分钟" in refused.text
    assert 'aria-invalid="true"' in refused.text
    path = analyst.post("/articles", data=FORM).location
    analyst.post(path, data={**FORM, "expected": "1"})
    late = analyst.post(path, data={**FORM, "expected": "1", "body_zh": "1. 我写的"})
    assert late.status_code == 409
    form = next(f for f in Page(late.text).forms if f.action == path)
    assert form.filled()["expected"] == "2"
    assert "我写的" in late.text
    assert ArticleVersion.select().count() == 2
    again = {**FORM, **{n: form.filled()[n] for n in ("expected", "submission_id")}}
    assert analyst.post(path, data=again).status_code == 303
    assert ArticleVersion.select().count() == 3


def test_help_is_said_at_a_fault_and_once(
    engineer: FlaskClient, fault_id: int, world: World
) -> None:
    article, _ = worlds.knowledge_of(fault_id)
    path = f"/faults/{fault_id}"
    form = next(f for f in Page(engineer.get(path).text).forms if f.action.endswith("/help"))
    for _ in range(2):
        answer = engineer.post(form.action, data={"fault": str(fault_id)})
        assert (answer.status_code, answer.location) == (303, path)
    assert ArticleHelp.select().count() == 1
    assert engineer.post(f"/articles/{article}/help", data={"fault": "x"}).status_code == 404


def test_anybody_at_the_label_reads_public_ones(
    visitor: FlaskClient, fault_id: int, world: World
) -> None:
    article, _ = worlds.knowledge_of(fault_id)
    path = f"/t/{world.room_tag}/articles/{article}"
    assert path in visitor.get(f"/t/{world.room_tag}").text
    page = visitor.get(path)
    assert page.status_code == 200
    form = next(f for f in Page(page.text).forms if f.action.endswith("/help"))
    for _ in range(2):
        assert visitor.post(form.action, data=form.filled()).status_code == 303
    assert ArticleHelp.select().count() == 1
    Article.update(public=False).where(Article.id == article).execute()
    assert visitor.get(path).status_code == visitor.post(f"{path}/help").status_code == 404
    assert visitor.get(f"/articles/{article}").status_code == 303  # to the sign-in


def test_a_problem_is_opened_filled_and_becomes_an_article(
    analyst: FlaskClient, fault_id: int, world: World
) -> None:
    worlds.deliver("fault", worlds.fault_form(world, 1), world.engineer)
    other = Fault.select().order_by(Fault.id.desc()).get()
    begun = analyst.get(f"/problems/new?fault={fault_id}")
    form = next(f for f in Page(begun.text).forms if f.action == "/problems")
    path = analyst.post("/problems", data={**form.filled(), "kind": "software_bug"}).location
    assert path.startswith("/problems/")
    assert analyst.post("/problems", data={"fault": str(fault_id)}).status_code == 422
    assert analyst.post(f"{path}/members", data={"number": "F-1"}).status_code == 422
    analyst.post(f"{path}/members", data={"number": other.number.lower()})
    seen = next(f for f in Page(analyst.get(path).text).forms if f.action == path).filled()
    analyst.post(path, data={**seen, "root_cause": "固件缺陷", "workaround": "断电重启"})
    page = analyst.get(path).text
    assert other.number in page
    assert "固件缺陷" in page
    key = path.rsplit("/", 1)[1]
    editor = analyst.get(f"/articles/new?problem={key}").text
    assert "断电重启" in editor
    analyst.post(f"{path}/members/{other.id}/removal")
    analyst.post(f"{path}/solution", data={"cause": "固件缺陷"})
    assert Problem.get_by_id(int(key)).state == "resolved"
    assert other.number not in analyst.get(path).text


def test_a_first_fault_owes_an_article_until_a_reason_is_given(
    analyst: FlaskClient, fault_id: int
) -> None:
    number = Fault.get_by_id(fault_id).number
    assert number in analyst.get("/articles?owed=1").text
    assert "投影机" in analyst.get(f"/articles/new?fault={fault_id}").text
    path = f"/faults/{fault_id}/article-excuse"
    refused = analyst.post(path, data={"reason": " "})
    assert refused.status_code == 303
    assert ArticleExcuse.select().count() == 0
    assert Page(analyst.get(refused.location).text).flashes()
    analyst.post(path, data={"reason": "人为拔线"})
    assert number not in analyst.get("/articles?owed=1").text


def test_another_clients_problem_is_not_there(
    signed_in: SignIn, fault_id: int, world: World
) -> None:
    _, problem = worlds.knowledge_of(fault_id)
    stranger = signed_in("supervisor-elsewhere")
    assert stranger.get(f"/problems/{problem}").status_code == 404
    assert stranger.get(f"/articles/new?problem={problem}").status_code in {403, 404}
    assert stranger.post(f"/problems/{problem}/solution", data={"cause": "x"}).status_code == 404
