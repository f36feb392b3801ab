"""The commands on the register, each in a process of its own."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from roundtag import catalogues, db, installation
from tests.house.processes import environment
from tests.house.warm import CommandLine

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "demo"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def command_line() -> Iterator[CommandLine]:
    made = CommandLine()
    yield made
    made.close()


def runner(command_line: CommandLine, data_dir: Path, url: str) -> Run:
    """Runs the command line against one database."""
    settled = {"DATA_DIR": str(data_dir), "DATABASE_URL": url, "LC_ALL": "C.UTF-8",
               "LANGUAGE": "en", "BASE_URL": "https://tags.example"}  # fmt: skip

    def call(*words: str, **values: str) -> "subprocess.CompletedProcess[str]":
        return command_line.run(words, environment(**{**settled, **values}))

    return call


@pytest.fixture
def run(command_line: CommandLine, fresh_store: str, data_dir: Path) -> Run:
    return runner(command_line, data_dir, fresh_store)


@pytest.fixture(scope="module")
def demo_run(command_line: CommandLine, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One demo for all tests that only look; it is loaded in a process of its own."""
    data_dir = tmp_path_factory.mktemp("demo")
    url = f"sqlite:///{data_dir / 'roundtag.db'}"
    load = "from blueprints.cli.session import opened\nfrom roundtag import demo\n"
    load += "with opened(): demo.load('a demo password')"
    env = environment(DATA_DIR=str(data_dir), DATABASE_URL=url)
    subprocess.run([sys.executable, "-c", load], cwd=ROOT, env=env, check=True, timeout=60)
    return runner(command_line, data_dir, url)


def test_a_first_client_and_its_register(run: Run) -> None:
    installation.begin()
    files = [str(DEMO / name) for name in ("devices.csv", "rooms.csv", "spares.csv")]
    none = run("import", *files)
    assert none.returncode == 1
    assert "no client yet" in none.stderr
    assert run("clients", "add", "HHZ", "红河州政府会务中心").returncode == 0
    looked = run("import", "--preview", *files)
    assert "devices: 80 created" in looked.stdout
    first = run("import", *files)
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.splitlines() == [
        "rooms: 5 created, 0 updated, 0 unchanged",
        "devices: 80 created, 0 updated, 0 unchanged",
        "spares: 28 created, 0 updated, 0 unchanged",
    ]
    again = run("import", *files, "--client", "HHZ")
    assert "devices: 0 created, 0 updated, 80 unchanged" in again.stdout
    verified = run("ledger", "verify")
    assert (verified.returncode, "NOT" in verified.stdout) == (0, False)
    db.database.execute_sql("UPDATE room SET capacity = 7 WHERE code = 'DG301'")
    forged = run("ledger", "verify")
    assert forged.returncode == 1
    assert "differs from its leaf" in forged.stdout


def test_a_device_moves_leaves_and_comes_back(run: Run) -> None:
    installation.begin()
    run("clients", "add", "HHZ", "红河州")
    run("import", str(DEMO / "rooms.csv"), str(DEMO / "devices.csv"))
    steps = (
        (("move", "--room", "CW601", "--reason", "改造"), "in 常委会议室 now"),
        (("retire", "--scrap", "--reason", "老化"), "is retired"),
        (("reinstate",), "in use again"),
    )
    for (verb, *options), told in steps:
        done = run("devices", verb, "--client", "HHZ", *options, "DG301-P01")
        assert (done.returncode, told in done.stdout) == (0, True), done.stderr
    again = run("devices", "reinstate", "--client", "HHZ", "DG301-P01")
    assert (again.returncode, "in use" in again.stderr) == (1, True)
    assert run("ledger", "verify").returncode == 0


def test_the_register_goes_out_and_in_again(demo_run: Run, tmp_path: Path) -> None:
    book, table = tmp_path / "all.xlsx", tmp_path / "rooms.csv"
    assert demo_run("export", "--output", str(book), "--locale", "en").returncode == 0
    done = demo_run("export", "--output", str(table), "--kind", "rooms", "--client", "HHZ")
    assert (done.returncode, done.stdout) == (0, f"{table} is written.\n")
    for file in (book, table):
        again = demo_run("import", str(file))
        assert (again.returncode, again.stderr) == (0, "")
        assert "rooms: 0 created, 0 updated, 5 unchanged" in again.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.xlsx", "rooms.csv"]
    for words in (["--output", "x.exe"], ["--output", "x.csv"]):
        refused = demo_run("export", *words)
        assert (refused.returncode, "Usage" in refused.stderr) == (2, True)


def test_a_heading_is_mapped_by_hand(demo_run: Run, tmp_path: Path) -> None:
    odd = tmp_path / "odd.csv"
    text = (DEMO / "rooms.csv").read_text(encoding="utf-8").replace("会议室名称", "叫法", 1)
    odd.write_text(text, encoding="utf-8")
    assert "This column is missing" in demo_run("import", str(odd)).stderr
    mapped = demo_run("import", "--preview", "--map", "叫法=name", str(odd))
    assert (mapped.returncode, mapped.stderr) == (0, "")
    assert "rooms: 0 created, 0 updated, 5 unchanged" in mapped.stdout
    wrong = demo_run("import", "--map", "叫法=colour", str(odd))
    assert (wrong.returncode, "HEADING=FIELD" in wrong.stderr) == (2, True)


def test_every_bad_row_is_named(demo_run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    text = (DEMO / "devices.csv").read_text(encoding="utf-8")
    lines = text.replace("2020-06-18", "2020-06-31", 1).replace("LT101,", "LT999,", 1).splitlines()
    lines.append(lines[2].replace("DG301-K01", "DG301-K09"))
    bad.write_text("\n".join(lines), encoding="gb18030")
    done = demo_run("import", str(bad))
    assert (done.returncode, done.stdout) == (1, "")
    said = done.stderr.splitlines()
    assert said[0] == "bad.csv, line 2, column 安装日期: There is no such day. [2020-06-31]"
    assert said[1].startswith("bad.csv, line 18, column 会议室编号: No room")
    assert said[2].startswith("bad.csv, line 82, column 序列号: This stands in bad.csv, line 3")
    assert said[3] == "Error: Nothing was written. Errors: 3."


def test_it_speaks_chinese_in_a_chinese_terminal(demo_run: Run, tmp_path: Path) -> None:
    catalogues.compile_stale()
    bad = tmp_path / "bad.csv"
    bad.write_text("场所,楼宇\n", encoding="utf-8")
    done = demo_run("import", str(bad), LANGUAGE="zh_CN", LC_ALL="zh_CN.UTF-8")
    assert done.returncode == 1
    assert "会议室编号" in done.stderr
    assert "This column is missing" not in done.stderr


def test_an_unknown_client_is_refused(demo_run: Run) -> None:
    done = demo_run("import", str(DEMO / "rooms.csv"), "--client", "NOPE")
    assert done.returncode == 1
    assert "HHZ" in done.stderr


def test_tags_for_scripts_and_people(demo_run: Run) -> None:
    rows = json.loads(demo_run("tags", "list", "--json").stdout)
    assert len(rows) == 85
    assert {tuple(row) for row in rows} == {("code", "kind", "name", "url")}
    assert {row["kind"] for row in rows} == {"room", "device"}
    assert all(row["url"].upper() == f"HTTPS://TAGS.EXAMPLE/T/{row['code']}" for row in rows)
    assert len(demo_run("tags", "list").stdout.splitlines()) == 85


def test_a_sheet_of_one_rooms_tags_can_be_scanned(demo_run: Run, tmp_path: Path) -> None:
    target = tmp_path / "tags.pdf"
    done = demo_run("tags", "sheet", "--output", str(target), "--room", "HJ201", "--start", "4")
    assert done.returncode == 0, done.stderr
    assert "6 labels" in done.stdout
    assert "trial" not in done.stderr
    page = pypdfium2.PdfDocument(target.read_bytes())[0]
    found = {code.text for code in zxingcpp.read_barcodes(page.render(scale=3).to_pil())}
    urls = {row["url"] for row in json.loads(demo_run("tags", "list", "--json").stdout)}
    assert len(found) == 6
    assert found <= urls


def test_a_rolls_pictures_are_written_dot_by_dot(demo_run: Run, tmp_path: Path) -> None:
    target = tmp_path / "tags.zip"
    done = demo_run("tags", "sheet", "--output", str(target), "--room", "HJ201", "--stock",
                    "Zebra-50x30", "--png", "--design", "small")  # fmt: skip
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(target) as archive:
        assert len(archive.namelist()) == 6
        assert Image.open(archive.open(archive.namelist()[0])).size == (400, 240)


def test_a_sheet_that_cannot_be_is_refused(demo_run: Run, tmp_path: Path) -> None:
    target = tmp_path / "tags.pdf"
    for words in (["--start", "99"], ["--room", "NOPE"], ["--stock", "none"], ["--png"],
                  ["--printer", "none"]):  # fmt: skip
        done = demo_run("tags", "sheet", "--output", str(target), *words)
        assert done.returncode != 0
        assert "Traceback" not in done.stderr
    assert not target.exists()


def test_trial_addresses_are_warned_of(demo_run: Run, tmp_path: Path) -> None:
    target = tmp_path / "tags.pdf"
    done = demo_run("tags", "sheet", "--output", str(target), "--kind", "room", BASE_URL="")
    assert done.returncode == 0
    assert "trials only" in done.stderr


def test_the_search_index_is_made_anew(demo_run: Run) -> None:
    done = demo_run("search", "rebuild")
    assert (done.returncode, done.stdout) == (0, "Devices in the index: 80.\n")


def test_the_life_of_a_tag_by_commands(demo_run: Run) -> None:
    made = demo_run("tags", "blanks", "3", "--client", "HHZ", "--note", "annex")
    assert (made.returncode, "3 blank labels" in made.stdout) == (0, True)
    assert demo_run("tags", "blanks", "2001").returncode == 2
    code = json.loads(demo_run("tags", "list", "--json").stdout)[0]["code"]
    lost = demo_run("tags", "lost", code)
    assert lost.stdout.startswith("Marked as lost: ")
    assert code not in demo_run("tags", "list", "--json").stdout
    assert demo_run("tags", "found", code).returncode == 0
    late = demo_run("tags", "found", code)
    assert (late.returncode, "Not marked as lost" in late.stderr) == (1, True)
    claimed = demo_run("tags", "claim", "--client", "HHZ", "--device", "NOPE", code)
    assert (claimed.returncode, "no such device" in claimed.stderr) == (1, True)
    assert demo_run("tags", "claim", "--client", "HHZ", code).returncode == 2
    assert demo_run("tags", "revoke", "--yes", "0000000000").returncode == 1
    assert demo_run("tags", "replace", code, "--reason", "lost").returncode == 0
