"""Ready or not, figures for Prometheus, the page of the installation: who reads what."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from peewee import OperationalError
from redis import RedisError

from roundtag import access, bytestore, clock, db, disk, queue, schema
from roundtag.heads import keys
from roundtag.models import Job, LogHead, Submission
from roundtag.operations import alarms, figures, readiness, series
from roundtag.settings import current
from tests import world as worlds
from tests.seeing import queries_of
from tests.web.conftest import SignIn
from tests.web.phone import phone
from tests.web.test_sync_door import post
from tests.world import World

TOKEN = "a-token-of-twenty-signs-or-more"


@pytest.fixture
def ready(world: World, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Everything is well, but for what a test breaks."""
    current().data_dir.mkdir(exist_ok=True)

    class Answers:
        def ping(self) -> bool:
            return True

    monkeypatch.setattr(queue, "connection", Answers)
    monkeypatch.setattr(queue, "health", lambda: {"mode": "redis", "up": True, "waiting": 0})
    monkeypatch.setenv("METRICS_TOKEN", TOKEN)
    current.cache_clear()
    return monkeypatch


def test_ready_says_so(visitor: FlaskClient, ready: pytest.MonkeyPatch) -> None:
    answer = visitor.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ready", "parts": dict.fromkeys(readiness.LOOKS, "ok")}


def refused(*_: Any, **__: Any) -> Any:
    raise OperationalError("could not connect to db.inside:5432 as roundtag")


def no_queue() -> Any:
    raise RedisError("unix:///secret/path")


def lose_key() -> None:
    LogHead.create(log=1, size=1, root="", peaks=[], note="", signed_at=clock.now())


def leave(patch: pytest.MonkeyPatch) -> None:
    keys.first()
    patch.setattr(db.database.obj, "connect", refused)


def spoil_key() -> None:
    keys.first()
    current().ledger_key.write_bytes(b"short")


BREAKS: dict[str, tuple[str, Any]] = {
    "away": ("database", lambda patch: leave(patch)),
    "older schema": ("database", lambda patch: patch.setattr(
        schema, "known", lambda: ["0001_initial", "9999_to_come"])),
    "newer schema": ("database", lambda patch: patch.setattr(schema, "known", lambda: [])),
    "full": ("disk", lambda patch: patch.setattr(disk, "free", lambda: 499_000_000)),
    "no folder": ("disk", lambda patch: shutil.rmtree(current().data_dir)),
    "damaged": ("disk", lambda patch: (current().data_dir / "DAMAGED.json").write_text("{}")),
    "lost": ("signing key", lambda patch: lose_key()),
    "spoilt": ("signing key", lambda patch: spoil_key()),
}  # fmt: skip


@pytest.mark.parametrize("how", BREAKS)
def test_not_ready_names_the_part_and_nothing_else(
    visitor: FlaskClient, ready: pytest.MonkeyPatch, how: str
) -> None:
    part, break_ = BREAKS[how]
    with ready.context() as patch:
        break_(patch)
        answer = visitor.get("/readyz", headers={"Accept": "text/html"})
    assert answer.status_code == 503
    assert answer.content_type == "application/problem+json"
    said = json.loads(answer.text)
    assert [name for name, found in said["parts"].items() if found != "ok"] == [part]
    assert said["detail"] == f"Not ready: {part}."
    assert "inside" not in answer.text
    assert "secret" not in answer.text
    assert str(current().data_dir) not in answer.text


def no_photos(*_: Any) -> None:
    raise bytestore.Unreachable


@pytest.mark.parametrize(("part", "break_"), [
    ("queue", lambda patch: patch.setattr(queue, "connection", no_queue)),
    ("photos", lambda patch: patch.setattr(bytestore.Folder, "ping", no_photos)),
])  # fmt: skip
def test_what_waits_by_itself_is_told_and_takes_nobody_out(
    visitor: FlaskClient, ready: pytest.MonkeyPatch, part: str, break_: Any
) -> None:
    """All processes share it: the load balancer would have none left."""
    with ready.context() as patch:
        break_(patch)
        answer = visitor.get("/readyz")
    assert answer.status_code == 200
    assert [name for name, found in answer.json["parts"].items() if found != "ok"] == [part]
    assert "secret" not in answer.text


def test_monitors_are_never_slowed_down(visitor: FlaskClient, ready: pytest.MonkeyPatch) -> None:
    for path in ("/readyz", "/healthz"):
        answers = [visitor.get(path) for _ in range(80)]
        assert {answer.status_code for answer in answers} == {200}
        assert answers[0].headers["Cache-Control"] == "no-store"


def scrape(browser: FlaskClient, token: str = TOKEN) -> dict[str, float]:
    answer = browser.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.status_code
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines}


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer ", f"Basic {TOKEN}", f"Bearer {TOKEN}x",
                                   f"Bearer {TOKEN[:-1]}", "Bearer \xff"])  # fmt: skip
def test_without_the_token_there_is_nothing(
    visitor: FlaskClient, ready: pytest.MonkeyPatch, shown: str
) -> None:
    answer = visitor.get("/metrics", headers={"Authorization": shown})
    assert answer.status_code == 404
    assert "roundtag_" not in answer.text


def test_an_empty_token_opens_nothing(visitor: FlaskClient, ready: pytest.MonkeyPatch) -> None:
    ready.setenv("METRICS_TOKEN", "")
    current.cache_clear()
    for shown in ("Bearer ", "Bearer", ""):
        assert visitor.get("/metrics", headers={"Authorization": shown}).status_code == 404


@pytest.mark.parametrize("role", access.ROLES)
def test_administrators_of_the_provider_alone_read_metrics(
    signed_in: SignIn, ready: pytest.MonkeyPatch, role: str
) -> None:
    assert signed_in(f"{role}-all").get("/metrics").status_code == (200 if role == "admin" else 404)
    assert signed_in(f"{role}-elsewhere").get("/metrics").status_code == 404


def test_metrics_tell_what_an_operator_needs(
    world: World, visitor: FlaskClient, engineer: FlaskClient, ready: pytest.MonkeyPatch
) -> None:
    sent = phone("fault", worlds.fault_form(world), world.engineer.person_id)
    before = scrape(visitor)
    assert post(engineer, sent).status_code == 201
    assert post(engineer, sent).status_code == 200
    figures.tick()
    after = scrape(visitor)

    def grew(name: str) -> float:
        return after[name] - before.get(name, 0)

    assert grew('roundtag_sync_receipts_total{again="no",outcome="done"}') == 1
    assert grew('roundtag_sync_receipts_total{again="yes",outcome="done"}') == 1
    assert grew('roundtag_submissions{outcome="done"}') == 1
    assert grew('roundtag_faults_open{level="none"}') == 1
    posted = '{method="POST",route="/sync/<submission_id>",status="201"}'
    assert grew(f"roundtag_requests_total{posted}") == 1
    assert grew('roundtag_request_seconds_count{route="/sync/<submission_id>"}') == 2
    assert 0 <= after["roundtag_scheduler_tick_age_seconds"] < 60
    for name in ("queue_waiting", "mails_unsent", "blobs_bytes", "disk_free_bytes",
                 "database_bytes", "photos_away"):  # fmt: skip
        assert after[f"roundtag_{name}"] >= 0
    assert {f'roundtag_alarm{{alarm="{one.code}"}}' for one in alarms.ALARMS} <= set(after)


def test_no_person_and_no_client_is_in_the_metrics(
    world: World, visitor: FlaskClient, engineer: FlaskClient, ready: pytest.MonkeyPatch
) -> None:
    engineer.get(f"/t/{world.tags[0]}")
    said = "\n".join(scrape(visitor))
    for word in (world.code + "301", "客户", "先生", "engineer-a", *world.tags, world.room_tag):
        assert word not in said


def test_nobody_outside_makes_a_series(visitor: FlaskClient, ready: pytest.MonkeyPatch) -> None:
    def ask(n: int) -> None:
        visitor.get(f"/x{n}/y?{n}={n}")
        visitor.get(f"/t/XX{n}", headers={"User-Agent": f"a{n}"})
        visitor.open("/healthz", method=f"BREW{n}")
        visitor.get("/metrics", headers={"Host": f"h{n}.example"})
        visitor.post(f"/sign-in?{n}", data={"username": f"u{n}", "password": str(n)})

    ask(0)
    before = set(scrape(visitor))
    for n in range(1, 30):
        ask(n)
    grown = set(scrape(visitor)) - before
    assert all(re.search(r'status="(429|200)"', name) for name in grown), grown
    assert len(grown) <= 6


WORKERS = """
import os
from roundtag.operations import series
if not os.fork():
    series.answered("/x", "GET", 200, 0.1)
    os._exit(0)
os.wait()
series.answered("/x", "GET", 200, 0.1)
series.figures.gather = lambda now: None
series._Gathered.collect = lambda self: []
print(series.exposition().decode())
"""


def test_workers_count_together(data_dir: Path) -> None:
    folder = data_dir / "metrics"
    folder.mkdir(parents=True)
    env = {**os.environ, series.FOLDER_NAME: str(folder)}
    told = subprocess.run(
        [sys.executable, "-c", WORKERS], env=env, check=True, capture_output=True, text=True
    )
    assert 'roundtag_requests_total{method="GET",route="/x",status="200"} 2.0' in told.stdout


@pytest.fixture
def failed(world: World) -> str:
    Job.create(id="job-1", name="mails.post", args={"mail": 1}, state="failed", attempts=5,
               run_after=clock.now(), created_at=clock.now(), finished_at=clock.now(),
               error="SMTPServerDisconnected: 13800138000 王小姐")  # fmt: skip
    return "job-1"


def test_the_page_is_the_providers(signed_in: SignIn, ready: pytest.MonkeyPatch, failed: str,
                                   world: World, other: World) -> None:  # fmt: skip
    page = signed_in("admin-all").get("/admin")
    assert page.status_code == 200
    assert "/admin/jobs/job-1/retry" in page.text
    assert "SMTPServerDisconnected" in page.text
    assert "13800138000" not in page.text
    read = signed_in("auditor-all")
    assert "/admin/jobs/" not in read.get("/admin").text
    assert read.post("/admin/jobs/job-1/retry").status_code == 403
    for name in ("admin-elsewhere", "auditor-elsewhere"):
        there = signed_in(name)
        assert there.get("/admin").status_code == 403
        assert "/admin" not in re.findall(r'href="(/admin)"', there.get("/more").text)
        assert there.post("/admin/jobs/job-1/retry").status_code == 403
    assert Job.get_by_id("job-1").state == "failed"


@pytest.mark.parametrize(("way", "state"), [("retry", "queued"), ("discard", "discarded")])
def test_a_failed_job_is_settled_once(signed_in: SignIn, ready: pytest.MonkeyPatch, failed: str,
                                      way: str, state: str) -> None:  # fmt: skip
    admin = signed_in("admin-all")
    assert admin.post(f"/admin/jobs/{failed}/{way}").status_code == 303
    row = Job.get_by_id(failed)
    assert row.state == state
    assert way == "discard" or (row.attempts == 0 and row.run_after <= clock.now())
    kept = Submission.select().where(Submission.form == f"{way}_job").get()
    assert kept.outcome == "done"
    admin.post(f"/admin/jobs/{failed}/discard")
    assert Job.get_by_id(failed).state == state
    assert admin.post(f"/admin/jobs/unknown/{way}").status_code == 404


def test_the_page_costs_a_fixed_number_of_queries(
    signed_in: SignIn, ready: pytest.MonkeyPatch, world: World, failed: str
) -> None:
    admin = signed_in("admin-all")

    def cost() -> int:
        return queries_of(lambda: admin.get("/admin"))

    few = cost()
    for n in range(5):
        Job.create(id=f"more-{n}", name="x", state="failed", run_after=clock.now(),
                   created_at=clock.now())  # fmt: skip
        sent = {**worlds.fault_form(world)}
        envelope = phone("fault", sent, world.engineer.person_id)
        Submission.create(id=envelope["id"], form="fault", owner=world.engineer.person_id,
                          install_id=f"i{n}", sha256="", received_at=clock.now(), outcome="done",
                          receipt={})  # fmt: skip
    assert "i4" in admin.get("/admin").text
    assert cost() == few <= 25


def test_security_txt_is_there_when_somebody_answers(
    visitor: FlaskClient, ready: pytest.MonkeyPatch
) -> None:
    assert visitor.get("/.well-known/security.txt").status_code == 404
    ready.setenv("SECURITY_CONTACT", "mailto:security@example.com")
    current.cache_clear()
    answer = visitor.get("/.well-known/security.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:security@example.com"
    assert fields["Preferred-Languages"] == "zh, en"
    ahead = clock.from_text(fields["Expires"]) - clock.now()
    assert 90 < ahead.days < 365
