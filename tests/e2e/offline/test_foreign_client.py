"""The client written from docs/sync.md alone works, wherever it is killed."""

import json
import signal
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import foreign_client
from tests.e2e.client import Client, Forms
from tests.e2e.offline import facts
from tests.e2e.offline.test_every_byte import noise
from tests.e2e.proxy import Fault, Proxy
from tests.e2e.server import Server

RUN = """
import json, pathlib, sys
from foreign_client import Queue
order = json.loads(sys.argv[1])
queue = Queue(*order["queue"])
for key, form, pairs, photos in order["entries"]:
    queue.put(key, form, pairs, [pathlib.Path(photo).read_bytes() for photo in photos])
    print("queued", flush=True)
queue.replay()
"""


def start(order: dict[str, Any]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", RUN, json.dumps(order)],
        cwd=Path(foreign_client.__file__).parent,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def order(
    network: Proxy, engineer: Client, unused: dict[str, list[str]], tmp_path: Path
) -> dict[str, Any]:
    """Five entries at two devices, one with a photo, and the file of their queue."""
    photo, entries = tmp_path / "photo.jpg", []
    photo.write_bytes(noise())
    for code in (unused["device"].pop(), unused["device"].pop()):
        forms = Forms(engineer.ask("GET", f"/t/{code}").data.decode()).filled
        entries += [(str(uuid.uuid4()), form, forms[form], []) for form in ("inspection", "fault")]
    entries.append((str(uuid.uuid4()), "fault", forms["fault"], [str(photo)]))
    host = network.url.removeprefix("http://")
    install = str(uuid.uuid4())
    queue = [str(tmp_path / "queue.db"), host, engineer.cookie, engineer.whoami(), install]
    return {"queue": queue, "entries": entries}


def test_it_is_sixty_lines_of_code_and_needs_python_alone() -> None:
    text = Path(foreign_client.__file__).read_text()
    lines = [line.strip() for line in text.splitlines()]
    assert sum(bool(line) and not line.startswith(('"""', "#")) for line in lines) <= 60
    modules = {
        line.split()[1].split(".")[0] for line in lines if line.startswith(("import", "from"))
    }
    assert modules <= sys.stdlib_module_names


@pytest.mark.parametrize(
    "fault",
    [
        None,
        Fault("POST /sync/", request=200, hold=True),
        Fault("POST /sync/", reply=0, hold=True),
        Fault("PUT /sync/photos/", request=5000, hold=True),
        Fault("PUT /sync/photos/", reply=20, hold=True),
    ],
    ids=["queueing", "before", "after", "mid-photo", "after-photo"],
)
def test_killed_anywhere_and_run_again_the_facts_are_equal(
    site: Server, network: Proxy, order: dict[str, Any], fault: Fault | None
) -> None:
    install = order["queue"][-1]
    if fault:
        fault = network.next(Fault(fault.match, fault.request, fault.reply, hold=True))
    with start(order) as process:
        if fault:
            fault.wait()
        else:
            assert process.stdout
            assert process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    network.heal()

    with start(order) as process:
        assert process.wait(60) == 0
    queue = foreign_client.Queue(*order["queue"])
    answers = {key: json.loads(reply) for key, reply in queue.reconcile().items()}
    assert set(answers) == {key for key, *_ in order["entries"]}
    assert {answer["outcome"] for answer in answers.values()} == {"done"}
    facts.check(site, [install], {key: answer["sha256"] for key, answer in answers.items()})


def test_a_refusal_and_a_poison_entry_hold_up_nothing_else(
    site: Server, network: Proxy, order: dict[str, Any]
) -> None:
    queue = foreign_client.Queue(*order["queue"])
    [poison, *rest] = order["entries"]
    queue.put(poison[0], poison[1], [("tag", poison[2][0][1])])
    for key, form, pairs, _ in rest:
        queue.put(key, form, pairs)
    queue.replay()
    answers = {key: json.loads(reply) for key, reply in queue.reconcile().items()}
    assert answers[poison[0]]["status"] == 422
    assert len(answers) == len(order["entries"])
    made = {key: answer["sha256"] for key, answer in answers.items() if "sha256" in answer}
    facts.check(site, [order["queue"][-1]], made)
    assert len(made) == len(rest)
