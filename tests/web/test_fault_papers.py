"""Documents of a fault in the browser: looked at, written into, issued, read by the client."""

import pytest
from flask.testing import FlaskClient

from roundtag import blobs, reports
from roundtag.models import ArticleHelp, DocumentFile, IssuedDocument, PaperText, ReportRun
from tests import world as worlds
from tests.mending import Mended, whole, with_photos, with_swap
from tests.seeing import queries_of, snapshot
from tests.web.conftest import SignIn
from tests.web.reading import Page
from tests.world import World

KINDS = ("response", "analysis", "major")


@pytest.fixture
def mended(world: World) -> Mended:
    return whole(world)


@pytest.fixture
def manager(signed_in: SignIn) -> FlaskClient:
    return signed_in("manager-a")


def issue(manager: FlaskClient, made: Mended, kind: str = "response") -> IssuedDocument:
    answer = manager.post(f"/faults/{made.id}/papers/{kind}/issue")
    assert answer.status_code == 303, answer.text
    key = answer.location.rsplit("/", 1)[-1]
    assert manager.get(answer.location).status_code == 200
    reports.make(key)
    shown = manager.get(answer.location, headers={"HX-Request": "true"})
    assert shown.status_code == 200
    return IssuedDocument.get_by_id(ReportRun.get_by_id(key).document_id)


@pytest.mark.parametrize("kind", KINDS)
def test_from_the_fault_to_the_file_in_the_clients_hands(
    manager: FlaskClient, signed_in: SignIn, mended: Mended, kind: str
) -> None:
    client = signed_in("viewer-a")
    path = f"/faults/{mended.id}/papers/{kind}"
    assert f'href="{path}"' in manager.get(f"/faults/{mended.id}").text
    assert 'id="papers"' not in client.get(f"/faults/{mended.id}").text
    shown = manager.get(path)
    assert shown.status_code == 200
    for part in ("电源板老化", "超时完成", "会议室使用中", "签发"):
        assert part in shown.text
    document = issue(manager, mended, kind)
    listed = client.get(f"/faults/{mended.id}").text
    assert document.number in listed
    assert f'href="/reports/{document.id}"' in listed
    page = client.get(f"/reports/{document.id}")
    assert page.status_code == 200
    assert mended.fault.number in page.text
    assert f'href="/faults/{mended.id}"' in page.text
    mended.set(remedy="后来改写", cause="后来改写")
    for one in DocumentFile.select().where(DocumentFile.document == document.id):
        file = client.get(f"/reports/{document.id}/{one.name}")
        assert file.status_code == 200
        assert file.data == blobs.path_of(one.sha256).read_bytes()
    assert document.number in client.get(f"/reports?occasion=fault-{kind}").text
    assert document.number not in client.get("/reports?occasion=monthly").text


def test_texts_are_written_and_never_over_another(
    manager: FlaskClient, engineer: FlaskClient, mended: Mended
) -> None:
    path = f"/faults/{mended.id}/papers/response"
    form = next(f for f in Page(engineer.get(path).text).forms if f.action == f"{path}/texts")
    typed = {**form.filled(), "process_zh": "<b>先切信号</b>"}
    answer = engineer.post(form.action, data=typed)
    assert (answer.status_code, answer.location) == (303, path)
    shown = engineer.get(path).text
    assert "&lt;b&gt;先切信号&lt;/b&gt;" in shown
    assert "<b>先切信号</b>" not in shown
    late = manager.post(form.action, data={**typed, "submission_id": worlds.new_id(),
                                           "process_zh": "我写的"})  # fmt: skip
    assert late.status_code == 409
    assert "我写的" in late.text
    again = next(f for f in Page(late.text).forms if f.action == form.action).filled()
    assert again["process_zh"] == "我写的"
    assert manager.post(form.action, data=again).status_code == 303
    assert [row.zh for row in PaperText.select()] == ["我写的"]
    long = manager.post(form.action, data={**again, "submission_id": worlds.new_id(),
                                           "process_zh": "长" * 34_000})  # fmt: skip
    assert long.status_code == 422
    assert "长" * 34_000 in long.text
    assert 'aria-invalid="true"' in long.text


def test_what_cannot_be_issued_says_why(manager: FlaskClient, mended: Mended) -> None:
    mended.set(state="on_site")
    for kind in KINDS:
        path = f"/faults/{mended.id}/papers/{kind}"
        assert f'action="{path}/issue"' not in manager.get(path).text
        refused = manager.post(f"{path}/issue")
        assert refused.status_code == 422
        assert "方可签发" in refused.text
    assert ReportRun.select().count() == 0


def test_nobody_elses_and_nothing_odd(
    manager: FlaskClient, signed_in: SignIn, mended: Mended
) -> None:
    document = issue(manager, mended)
    before = snapshot()
    elsewhere, client = signed_in("supervisor-elsewhere"), signed_in("viewer-a")
    for kind in KINDS:
        path = f"/faults/{mended.id}/papers/{kind}"
        assert elsewhere.get(path).status_code == 404
        assert client.get(path).status_code == 403
        for tail in ("texts", "draft", "issue"):
            assert elsewhere.post(f"{path}/{tail}").status_code == 404
            assert client.post(f"{path}/{tail}").status_code == 403
    for path in (
        f"/faults/{mended.id}/papers/x",
        "/faults/999999/papers/response",
        f"/faults/{mended.id}/papers/%00",
        "/faults/99999999999/papers/response",
    ):
        assert manager.get(path).status_code == 404
        for tail in ("texts", "draft", "issue"):
            assert manager.post(f"{path}/{tail}").status_code == 404
    assert elsewhere.get(f"/reports/{document.id}").status_code == 404
    after = snapshot()
    by_signing_in = {"session", "known_browser", "sign_in_delay"}
    assert {name for name in after if after[name] != before[name]} <= by_signing_in


def test_pages_cost_the_same_with_few_and_with_many_rows(
    manager: FlaskClient, mended: Mended
) -> None:
    with_photos(with_swap(mended), 1)
    path = f"/faults/{mended.id}/papers/response"
    issue(manager, mended)

    def costs() -> list[int]:
        return [queries_of(lambda one=one: manager.get(one))
                for one in (path, f"/faults/{mended.id}")]  # fmt: skip

    few = costs()
    for number in range(30):
        mended.event("progress", 100 + number, note=f"第 {number} 次")
    with_photos(mended, 11)
    issue(manager, mended)
    issue(manager, mended, "analysis")
    assert costs() == few
    assert few[0] <= 32


# Knowledge where a fault begins


def test_what_fits_is_shown_while_a_fault_is_told_of(
    engineer: FlaskClient, signed_in: SignIn, mended: Mended
) -> None:
    article, _ = worlds.knowledge_of(mended.id)
    device = mended.fault.device_id
    ask = "/articles/fitting?symptom={}&category={}&device={}"
    for path in (
        ask.format("no_picture", "projector", ""),
        ask.format("no_picture", "", device),
        ask.format("no_picture", "", mended.world.tags[0]),
    ):
        shown = engineer.get(path)
        assert "冷启动" in shown.text
        assert f'hx-post="/articles/{article}/help"' in shown.text
        assert "<form" not in shown.text  # it stands inside one
    for path in (
        ask.format("no_sound", "projector", ""),
        ask.format("no_picture", "speaker", ""),
        ask.format("", "", ""),
        ask.format("x", "%27", ""),
    ):
        shown = engineer.get(path)
        assert shown.status_code == 200
        assert "冷启动" not in shown.text
    for odd in ("999999", "ZZZZZ-ZZZZZ", "-1", "9" * 30):
        assert engineer.get(ask.format("no_picture", "", odd)).status_code == 404
    elsewhere = signed_in("desk-elsewhere")
    assert elsewhere.get(ask.format("no_picture", "", device)).status_code == 404
    assert signed_in("viewer-a").get(ask.format("", "", "")).status_code == 403
    for _ in range(2):
        said = engineer.post(f"/articles/{article}/help", headers={"HX-Request": "true"})
        assert said.status_code == 200
        assert 'role="status"' in said.text
    assert ArticleHelp.select().count() == 1


def test_the_report_form_says_what_helped_also_without_a_network(
    engineer: FlaskClient, mended: Mended
) -> None:
    worlds.knowledge_of(mended.id)
    for headers in ({}, {"X-Pack": "1"}):
        page = engineer.get(f"/t/{mended.world.tags[0]}", headers=headers).text
        form = page[page.index('action="/t/' + mended.world.tags[0] + '/faults"') :]
        form = form[: form.index("</form>")]
        assert 'data-show-if="symptom=no_picture"' in form
        assert "冷启动" in form


def test_two_chinese_signs_find_an_article_by_its_text(
    engineer: FlaskClient, mended: Mended
) -> None:
    from roundtag import knowledge

    words = knowledge.Words("投影机不亮", "", "1. 检查灯泡与镇流器\n2. 换**滤网**")
    order = knowledge.WriteArticle(words, "projector", symptoms=("no_picture",), publish=True)
    worlds.run(knowledge.write_article, order)
    for asked, found in (("灯泡", True), ("滤网", True), ("镇流 不亮", True), ("网滤", False),
                         ("灯泡 音箱", False)):  # fmt: skip
        assert ("投影机不亮" in engineer.get(f"/articles?q={asked}").text) == found, asked
