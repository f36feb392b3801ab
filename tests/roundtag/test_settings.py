"""What an administrator may get wrong, and who else may read what an installation keeps."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from roundtag import settings
from roundtag.supervisor import preparation, web


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "²"),
        ("WEB_WORKERS", "0"),
        ("WEB_WORKERS", "two"),
        ("WEB_WORKERS", "-1"),
        ("REDIS_URL", "127.0.0.1:6379:s3cret"),
        ("HTTP_PORT", "http"),
        ("BASE_URL", "https://user:secret@av.cn"),
        ("BASE_URL", "https://av.cn/?x=1"),
        ("BASE_URL", "tags.example"),
        ("BASE_URL", "javascript:s3cret"),
    ],
)
def test_a_bad_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name) as refused:
        settings.read({name: value})
    assert "s3cret" not in str(refused.value)


def test_good_settings_are_read() -> None:
    read = settings.read({"WEB_WORKERS": "4", "BASE_URL": "https://a.example/",
                          "REDIS_URL": "rediss://x:1/2"})  # fmt: skip
    assert (read.web_workers, read.base_url) == (4, "https://a.example")
    assert settings.read({}).web_workers == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [("HTTP_PORT", "8443"), ("PORT", "8000"), ("BASE_URL", "http://av.example")],
)
def test_settings_that_contradict_tls_are_named(name: str, value: str) -> None:
    assert settings.read({name: value, "TLS": "0"})
    with pytest.raises(ValueError, match=f"(?=.*{name})(?=.*TLS)"):
        settings.read({name: value, "TLS": "1"})


def test_cookies_and_addresses_follow_tls() -> None:
    plain, own = settings.read({}), settings.read({"TLS": "1"})
    behind = settings.read({"BASE_URL": "https://av.example"})
    assert [one.https for one in (plain, own, behind)] == [False, True, True]
    assert [one.at("::1") for one in (plain, own)] == ["http://[::1]:8000", "https://[::1]:8443"]
    assert own.plainly_at("av.lan") == "http://av.lan:8000"


@pytest.mark.usefixtures("open_umask")
def test_what_is_kept_is_closed_to_other_accounts(tmp_path: Path) -> None:
    folder = tmp_path / "given to all"
    folder.mkdir(mode=0o755)
    database = folder / "roundtag.db"
    database.touch(0o644)
    with preparation.alone(folder):
        (folder / "later").touch()
        assert [path.stat().st_mode & 0o077 for path in folder.iterdir()] == [0] * 3
    with preparation.alone(tmp_path / "new"):
        assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for bad in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / ("long" * 80)):
        with pytest.raises(preparation.Refused, match="DATA_DIR"):
            preparation.private(bad)


def test_a_host_may_be_a_name() -> None:
    assert [web.numeric(host) for host in ("localhost", "0.0.0.0", "::1")] == [
        "127.0.0.1", "0.0.0.0", "::1",
    ]  # fmt: skip


def test_10_a_base_url_too_long_for_a_label_is_refused_where_it_is_set() -> None:
    long = "https://" + "a" * 40 + "." + "b" * 40 + ".example.com"
    with pytest.raises(ValueError, match=r"BASE_URL has 101 characters; at most \d+ fit"):
        settings.read({"BASE_URL": long})
    assert settings.read({"BASE_URL": "https://av.example.com/"}).base_url
