"""The small parts that the supervisor is made of."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.pofile import write_po

from roundtag import addresses, catalogues, db, jobs, queue, scheduler, settings, static_files
from roundtag.supervisor import announce, children, first_start, lifeline, preparation, tls
from tests.house.processes import running, until


def test_a_plan_runs_each_task_when_due_and_a_failure_stops_none() -> None:
    ran: list[str] = []

    def broken() -> None:
        ran.append("broken")
        raise RuntimeError("as the test wants it")

    plan = scheduler.Plan(
        [
            jobs.Standing("broken", 10, broken),
            jobs.Standing("often", 3, lambda: ran.append("often")),
        ]
    )
    assert plan.turn(100.0) == 3
    assert ran == ["broken", "often"]
    assert plan.turn(103.0) == 3
    assert plan.turn(109.0) == 1
    assert ran == ["broken", "often", "often", "often"]


def test_one_scheduler_holds_the_lock(store: str, data_dir: Path) -> None:
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = scheduler.Lock()
    assert lock.held()
    assert lock.held()
    if store == "sqlite":
        assert not scheduler.Lock().held()


def test_the_sweep_is_a_standing_task() -> None:
    assert jobs.standing["jobs.sweep"].seconds <= 10


def test_the_socket_path_is_short_and_steady(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert queue.socket_path(tmp_path) == queue.socket_path(tmp_path)
    assert queue.socket_path(tmp_path) != queue.socket_path(tmp_path / "other")
    monkeypatch.setattr("tempfile.tempdir", "/" + "long/" * 40)
    assert len(os.fsencode(queue.socket_path(tmp_path / ("deep" * 60)))) <= 103


def test_a_folder_that_others_may_enter_is_refused(tmp_path: Path) -> None:
    made = queue.private_folder(tmp_path / "mine")
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    made.chmod(0o755)
    with pytest.raises(PermissionError, match="private"):
        queue.private_folder(made)
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(PermissionError):
        queue.private_folder(tmp_path / "link")


def test_a_process_notices_its_parents_end_without_the_kernels_help(tmp_path: Path) -> None:
    """The way of macOS, tried here too: a thread that looks at the parent."""
    grandchild = (
        "import os, sys, threading; from roundtag.supervisor import lifeline; "
        "threading.Thread(target=lifeline.watch, args=(os.getppid(), lambda: open(sys.argv[1],"
        " 'w').close(), 0.05)).start(); print(os.getpid(), flush=True)"
    )
    child = (
        "import subprocess, sys; subprocess.Popen([sys.executable, '-c', *sys.argv[1:]]); "
        "sys.stdin.read()"
    )
    wish = tmp_path / "wish"
    parent = subprocess.Popen(
        [sys.executable, "-c", child, grandchild, str(wish)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert parent.stdout
    watched = int(parent.stdout.readline())
    assert running({watched})
    parent.kill()
    parent.wait()
    until(lambda: not running({watched}), "it has ended")
    assert wish.exists()


def test_a_child_that_falls_again_and_again_waits_longer() -> None:
    child = children.native("falls", [sys.executable, "-c", "raise SystemExit(3)"])
    dues = []
    for _ in range(3):
        child.watch(child.due)
        assert child.process
        child.process.wait()
        child.watch(child.started)
        dues.append(round(child.due - child.started, 1))
    assert dues == [0.3, 1.0, 2.0]


def test_a_renewed_certificate_reloads_the_web_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child here knows no SIGHUP, so it ends by it; it inherits no deafness of this run."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    read = settings.read({"DATA_DIR": str(tmp_path), "TLS": "1"})
    monkeypatch.setattr(addresses, "current", lambda: read)
    web = children.native("web", [sys.executable, "-c", "import time; time.sleep(60)"])
    assert tls.certify(read)
    web.start()
    assert web.process
    renewal = tls.Renewal(read, web)
    renewal.watch(100.0)
    (tmp_path / "tls" / "site.pem").unlink()
    renewal.watch(101.0)
    assert web.process.poll() is None
    renewal.watch(161.0)
    assert web.process.wait(10) == -signal.SIGHUP


def test_a_child_that_will_not_stop_is_killed() -> None:
    deaf = "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    child = children.native("deaf", [sys.executable, "-c", deaf + "sys.stdin.read(); import "
                           "threading; threading.Event().wait()"])  # fmt: skip
    child.patience = 0.3
    child.start()
    assert child.process
    pid = child.process.pid
    children.stop([child])
    assert not running({pid})


def test_an_unsafe_sqlite_names_the_way_out(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(url: str) -> None:
        raise db.UnsafeDatabase("SQLite 3.40.1 …, or set DATABASE_URL to a PostgreSQL database.")

    monkeypatch.setattr(db, "connect", refuse)
    with pytest.raises(preparation.Refused, match="DATABASE_URL"):
        preparation.open_database(settings.current())


def test_demo_passwords_differ_and_are_long_enough() -> None:
    made = {first_start.new_password() for _ in range(50)}
    assert len(made) == 50
    assert all(len(password) == 10 and password.isalnum() for password in made)


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"HOST": "127.0.0.1", "PORT": "81"}, ["http://127.0.0.1:81"]),
        ({"HOST": "::1"}, ["http://[::1]:8000"]),
        ({"BASE_URL": "https://tags.example/"}, ["https://tags.example"]),
    ],
)
def test_the_address_to_open(env: dict[str, str], expected: list[str]) -> None:
    assert announce.where_to_open(settings.read(env)) == expected


def test_the_build_names_the_content(source: Path) -> None:
    first = static_files.build()
    assert len(first) == 12
    (source / "static/css/app.css").write_text("body{}")
    static_files.build.cache_clear()
    assert static_files.build() != first


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name, text in {"static/css/app.css": "a{}" * 400, "pwa/outbox.js": "x=1;" * 400}.items():
        path = tmp_path / "source" / name
        path.parent.mkdir(parents=True)
        path.write_text(text)
    monkeypatch.setattr(static_files, "ROOT", tmp_path / "source")
    static_files.build.cache_clear()
    yield tmp_path / "source"
    static_files.build.cache_clear()


@pytest.mark.parametrize("prepared", [True, False])
def test_static_files_are_served_for_ever_under_the_build(
    source: Path, tmp_path: Path, prepared: bool
) -> None:
    if prepared:
        static_files.prepare(tmp_path / "data")
        static_files.prepare(tmp_path / "data")
    site = static_files.wrap(lambda env, start: [b"app"], tmp_path / "data")
    for name, kind in {"css/app.css": "text/css", "pwa/outbox.js": "text/javascript"}.items():
        head, body = _get(site, static_files.prefix() + name)
        assert head["Content-Type"].startswith(kind)
        assert "immutable" in head["Cache-Control"]
        assert head.get("Content-Encoding") == ("br" if prepared else None)
        assert len(body) < 200 if prepared else len(body) > 1000
    assert _get(site, "/static/000000000000/css/app.css")[1] == b"app"


def _get(site: Callable, path: str) -> tuple[dict[str, str], bytes]:
    head: dict[str, str] = {}
    environ = {"PATH_INFO": path, "REQUEST_METHOD": "GET", "HTTP_ACCEPT_ENCODING": "gzip, br"}
    answer = site(environ, lambda status, headers: head.update(headers))
    return head, b"".join(answer)


def test_old_builds_stay_a_while(source: Path, tmp_path: Path) -> None:
    for number in range(6):
        (source / "static/css/app.css").write_text(f"a{{z-index:{number}}}")
        static_files.build.cache_clear()
        tree = static_files.prepare(tmp_path / "data")
    kept = list((tmp_path / "data/static").iterdir())
    assert len(kept) == static_files.KEPT_BUILDS
    assert tree in kept


def test_only_stale_catalogues_are_compiled(tmp_path: Path) -> None:
    po = tmp_path / "zh_CN/LC_MESSAGES/messages.po"
    po.parent.mkdir(parents=True)
    words = Catalog(locale="zh_CN")
    words.add("Rooms", "会议室")
    with po.open("wb") as file:
        write_po(file, words)
    assert catalogues.compile_stale(tmp_path) == [po]
    assert po.with_suffix(".mo").stat().st_size > 0
    assert catalogues.compile_stale(tmp_path) == []


def test_hold_is_harmless_while_the_parent_lives() -> None:
    run = subprocess.run(
        [sys.executable, "-c", "from roundtag.supervisor import lifeline; lifeline.hold()"],
        env={**os.environ, lifeline.PARENT: str(os.getpid())},
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert run.returncode == 0


def test_hold_ends_a_process_whose_parent_is_gone_already() -> None:
    run = subprocess.run(
        [sys.executable, "-c", "from roundtag.supervisor import lifeline; lifeline.hold()"],
        env={**os.environ, lifeline.PARENT: "1"},
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert run.returncode == 1
