"""The files of docs/deploy say what the program does; units are read by systemd's own checker."""

import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from app import MARGIN
from blueprints.cli import main, serve
from roundtag import blobs
from roundtag.supervisor import ROLES, Refused, preparation, systemd
from tests.house import lanes

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "docs" / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
ENGINES = {"POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB", "SITE", "ROUNDTAG_SITE",
           "ROUNDTAG_UNITS"}  # fmt: skip


def text(name: str) -> str:
    return (DEPLOY / name).read_text()


@pytest.mark.systemd
def test_systemd_takes_every_unit(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("roundtag")
    for unit in UNITS:
        said = unit.read_text().replace("/opt/roundtag/.venv/bin/roundtag", str(program))
        (tmp_path / unit.name).write_text(said)
    command = ["systemd-analyze", "verify", "--man=no", *map(str, tmp_path.iterdir())]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_units_are_closed_and_stop_gently() -> None:
    assert len(UNITS) == 4
    for unit in UNITS:
        said = unit.read_text()
        for line in ("ProtectSystem=strict", "NoNewPrivileges=yes", "CapabilityBoundingSet=\n",
                     "PrivateTmp=yes", "User=roundtag", "Type=notify", "KillMode=mixed",
                     "SystemCallFilter=@system-service"):  # fmt: skip
            assert line in said, unit.name


def test_every_role_has_its_unit_and_its_service() -> None:
    for where in ("\n".join(map(Path.read_text, UNITS)), text("compose.yaml").replace('", "', " ")):
        assert set(re.findall(r"serve --only (\w+)", where)) == ROLES


@pytest.mark.parametrize("name", ["env.example", "compose.yaml"])
def test_only_settings_that_the_readme_lists(name: str) -> None:
    used = set(re.findall(r"^\W*([A-Z]+(?:_[A-Z]+)*)[=:]", text(name), re.MULTILINE))
    used |= set(re.findall(r"\$\{([A-Z_]+)", text(name)))
    known = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)*\b", (ROOT / "README.md").read_text()))
    assert len(used) > 4
    assert used - ENGINES <= known


def test_proxies_let_through_what_we_take_and_overwrite_what_browsers_claim() -> None:
    for name, limit in (
        ("nginx.conf", r"max_body_size (\d+)m"),
        ("Caddyfile", r"max_size (\d+)MB"),
    ):
        said = text(name)
        (megabytes,) = re.findall(limit, said)
        assert int(megabytes) * 1_000_000 >= 6 * blobs.MAX_BYTES + MARGIN
        for header in ("For", "Proto", "Host"):
            assert len(re.findall(rf"X-Forwarded-{header} ", said)) == 1
        assert "add_x_forwarded_for" not in said


def test_the_image_takes_locked_packages_and_is_no_root() -> None:
    said = text("Containerfile")
    assert "bin/setup run" in said
    assert "--require-hashes" in (ROOT / "bin" / "setup").read_text()
    assert re.search(r"^USER \d+$", said, re.MULTILINE)
    assert "/readyz" in said
    for path in re.findall(r"^COPY (?!--from)(.+) \./?\w*$", said, re.MULTILINE):
        assert all((ROOT / name).exists() for name in path.split()), path


def test_one_part_alone_needs_shared_engines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    done = CliRunner().invoke(main, ["serve", "--only", "worker"])
    assert done.exit_code == 1
    assert "REDIS_URL" in done.output
    assert serve.command.name == "serve"


def held(folder: Path, others: bool) -> bool:
    try:
        with preparation.alone(folder, others):
            return True
    except Refused:
        return False


def test_units_share_a_folder_and_a_restore_has_it_alone(tmp_path: Path) -> None:
    with preparation.alone(tmp_path, others=True), preparation.alone(tmp_path, others=True):
        assert not held(tmp_path, others=False)
    with preparation.alone(tmp_path):
        assert not held(tmp_path, others=True)
    assert held(tmp_path, others=False)


def test_systemd_hears_when_a_unit_is_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "s"))
        ear.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "s"))
        systemd.tell("READY=1")
        assert ear.recv(100) == b"READY=1"
    monkeypatch.delenv("NOTIFY_SOCKET")
    systemd.tell("READY=1")


def test_a_lane_is_told() -> None:
    assert bool(lanes.missing("systemd")) != bool(shutil.which("systemd-analyze"))
