"""What processes have used, as Linux counts it in /proc."""

import os
from dataclasses import dataclass
from pathlib import Path

from tests.house.processes import family

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Memory:
    """MB. `pss`: shared pages by shares; `uss`: pages of nobody else."""

    pss: float
    uss: float


def is_there() -> bool:
    return Path("/proc/self/smaps_rollup").exists()


def cpu(root: int) -> float:
    """Seconds of the processor that a process and its descendants have used, those that ended
    included."""
    return sum(sum(map(int, _stat(pid)[11:15])) for pid in family(root)) / TICK


def _stat(pid: int) -> list[str]:
    """The fields after the name, which may hold spaces."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def memory(pid: int) -> Memory:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    parts = (line.partition(":") for line in lines)
    found = {name: int(rest.split()[0]) for name, _, rest in parts}
    own = found["Private_Clean"] + found["Private_Dirty"]
    return Memory(found["Pss"] / 1024, own / 1024)


def resident(root: int) -> float:
    """MB of a process and its descendants, each shared page counted once."""
    return sum(memory(pid).pss for pid in family(root) if _stat(pid))


def leaves(root: int) -> list[int]:
    """Those that have no children: of a web server, its workers."""
    return [pid for pid in family(root) if len(family(pid)) == 1]
