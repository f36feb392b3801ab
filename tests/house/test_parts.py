"""What parts from the supervisor takes nothing with it that two processes must not have."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from roundtag.supervisor import parts
from tests.house.processes import environment, free_port, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="they part on Linux alone")
HERE = [sys.executable, "-m", "tests.house.parting"]
ROOT = Path(__file__).parents[2]


def test_a_part_begins_as_a_program_of_its_own(tmp_path: Path) -> None:
    """Mutation: a lock that forks go on holding refuses the second `alone`."""
    done = subprocess.run([*HERE, "one", str(tmp_path)], cwd=ROOT, capture_output=True, text=True,
                          env=environment(), check=False, timeout=120)  # fmt: skip
    assert done.returncode == 0, done.stderr
    told, code = done.stdout.splitlines()
    assert json.loads(told) == {
        "group of its own": True, "habits": ["0", "0"], "blocked": [], "wakes": -1,
        "input": "/dev/null", "name": "roundtag-web",
    }  # fmt: skip
    assert int(code) == -signal.SIGTERM


@pytest.mark.parametrize("parting", [True, False])
def test_a_part_that_falls_says_so_and_a_deaf_wait_ends(
    monkeypatch: pytest.MonkeyPatch, parting: bool
) -> None:
    """Both ways to start one: parting, and anew as where a fork is not safe."""
    monkeypatch.setattr(parts, "PARTING", parting)
    part = parts.child("falls", "tests.house.parting:fall")
    part.start()
    assert part.process
    assert part.process.wait(120) == 1
    part.ask_to_stop()  # it is gone: nobody else is meant


def test_nothing_is_open_when_the_supervisor_parts(tmp_path: Path) -> None:
    """No connection to the database or the queue, no thread. Mutation: `close_database` that does
    nothing shows the database among the files."""
    told = tmp_path / "told"
    env = environment(DATA_DIR=str(tmp_path / "data"), PORT=str(free_port()), HOST="127.0.0.1",
                      PYTHONPATH=str(ROOT), ROUNDTAG_DEMO_PASSWORD="parts-password-1")  # fmt: skip
    site = subprocess.Popen([*HERE, "all", str(told)], cwd=ROOT, env=env,
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # fmt: skip

    def lines() -> list[list[object]]:
        assert site.poll() is None
        return [json.loads(line) for line in told.read_text().splitlines()] if told.exists() else []

    try:  # the queue server, the web server, the worker, the scheduler; two web workers
        until(lambda: len([one for one in lines() if one[0]]) >= 4, "all have started", 240)
        seen = lines()
        assert [line[1:] for line in seen] == [[[], [], 1]] * len(seen)
        os.kill(site.pid, signal.SIGTERM)
        assert site.wait(60) == 0
    finally:
        site.kill()
        site.wait()
