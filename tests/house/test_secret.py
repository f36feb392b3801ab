"""The key that signs cookies is made once, also when several web workers start at one moment."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from roundtag import vault

WORKERS = 8


def test_workers_that_start_together_share_one_key(tmp_path: Path) -> None:
    for folder in (tmp_path / str(number) for number in range(40)):
        gate = threading.Barrier(WORKERS)

        def start(_: int, folder: Path = folder, gate: threading.Barrier = gate) -> str:
            gate.wait(20)
            return vault.app_secret(folder)

        with ThreadPoolExecutor(WORKERS) as pool:
            [key] = set(pool.map(start, range(WORKERS)))
        assert len(key) == 64
        assert [path.name for path in folder.iterdir()] == ["secret.key"]
        assert (folder / "secret.key").stat().st_mode & 0o777 == 0o600
