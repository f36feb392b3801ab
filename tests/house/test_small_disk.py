"""Guarantees §7: a full disk answers 507 and recovers; one that takes no writing refuses a start.

A file system of 16 MB in a mount namespace of its own; where namespaces are not allowed the test
is left out, and says so.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def in_namespace(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["unshare", "-rm", *command], cwd=ROOT, capture_output=True, text=True)


def allowed(folder: Path) -> bool:
    return (
        bool(shutil.which("unshare"))
        and not in_namespace("mount", "-t", "tmpfs", "none", str(folder)).returncode
    )


def test_a_full_disk_is_told_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    if not allowed(tmp_path):
        pytest.skip("no mount namespaces here")
    run = in_namespace(sys.executable, "-m", "tests.house.small_disk", str(tmp_path))
    assert run.returncode == 0, run.stderr
    seen = json.loads(run.stdout.splitlines()[-1])
    codes = [tuple(one) for one in seen["answers"]]
    assert codes[0] == (201, "done")
    assert codes[-5:] == [(507, "disk-full")] * 5
    assert {status for status, _ in codes} == {201, 507}
    assert seen["photos"] == [28]
    assert seen["pages"] == [200]  # reading goes on
    acknowledged = sum(status == 201 for status, _ in codes)
    assert [status for status, _ in seen["again"]].count(200) == acknowledged
    assert seen["stored"] == seen["faults"] == seen["sent"]
    assert (seen["problems"], seen["integrity"]) == ([], "ok")
    assert seen["start"]["code"] == 1
    assert "Read-only file system" in seen["start"]["said"]
    assert "--data-dir" in seen["start"]["said"]
    assert "Traceback" not in seen["start"]["said"]
