"""The report of a round of 500 devices, 6,000 answers and 200 photos, against the PDF library
writing the very same pages from memory: every word, line and picture that ours has put on paper.
"""

import io
import pickle
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from PIL import Image
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

from roundtag import blobs, checklists, clients, clock, commands, db, register
from roundtag.access import SYSTEM
from roundtag.db import database
from roundtag.models import (
    Answer,
    Attachment,
    Device,
    Inspection,
    Person,
    Round,
    RoundDevice,
)
from roundtag.reports import pdf, rows, xlsx
from tags import fonts
from tests.bench.measure import Figure

DEVICES, ITEMS, PHOTOS, IN_A_ROOM = 500, 12, 200, 20
ROUNDS = 3
DRAWN = ("setFont", "setFillColor", "setStrokeColor", "setLineWidth", "drawString",
         "drawRightString", "drawCentredString", "rect", "line", "drawImage", "saveState",
         "restoreState", "translate", "rotate", "doForm", "beginForm", "endForm", "showPage",
         "circle", "drawPath", "setDash", "scale", "transform")  # fmt: skip
WRITTEN = ("setFont", "setFillColor", "setTextOrigin", "textLine")


def all_of(folder: Path) -> list[Figure]:
    """Each run is a process of its own: its peak is its own, too."""
    key = _round()
    note = folder / "strokes.pickle"
    _child("record", str(key), str(folder / "r.pdf"), str(note))
    ours, plain = [], []
    for _ in range(ROUNDS):
        ours.append(_child("ours", str(key), str(folder / "ours.pdf")))
        plain.append(_child("plain", str(folder / "plain.pdf"), str(note)))
    sheet = _child("xlsx", str(key), str(folder / "ours.xlsx"))
    best, least = min(ours), min(plain)
    peak = max(memory for _, memory in ours)
    pages = (folder / "ours.pdf").stat().st_size / 1e6
    what = f"report of {DEVICES} devices, {DEVICES * ITEMS:,} answers, {PHOTOS} photos"
    return [
        Figure(f"{what}: read, laid out, written", f"{best[0]:.2f} s"),
        Figure("… against the PDF library writing the same pages from memory",
               f"{best[0] / least[0]:.2f}×", f"{least[0]:.2f} s", "≤ 1.5×"),
        Figure("… its peak of memory", f"{peak:.0f} MB", f"{least[1]:.0f} MB", "≤ 300 MB"),
        Figure("… its size", f"{pages:.1f} MB"),
        Figure("… as a workbook", f"{sheet[0]:.2f} s", f"{sheet[1]:.0f} MB"),
    ]  # fmt: skip


def _child(*words: str) -> tuple[float, float]:
    """Seconds and peak of a run."""
    done = subprocess.run([sys.executable, "-m", "tests.bench.reports", *words],
                          check=True, stdout=subprocess.PIPE, text=True)  # fmt: skip
    seconds, memory = done.stdout.split()[-2:]
    return float(seconds), float(memory)


def _round() -> int:
    """A round as the verbs write it, without their cost."""
    receipt = commands.run("bench-report-client", clients.add_client,
                           clients.AddClient("RB", "红河州政府会务中心"), SYSTEM)  # fmt: skip
    client, today = int(receipt.subject_id or 0), clock.local_day(clock.now())
    order = clients.AddContract(client, "RB-1", "会议系统运维", today, today + timedelta(days=365))
    contract = int(commands.run("bench-report-contract", clients.add_contract, order,
                                SYSTEM).subject_id or 0)  # fmt: skip
    lines = "".join(f"园区,主楼,R{n},视频会议室 {n},会议室\n" for n in range(DEVICES // IN_A_ROOM))
    head = "场所,楼宇,会议室编号,会议室名称,类型\n"
    register.submit([("r.csv", (head + lines).encode())], client, SYSTEM)
    lines = "".join(f"R{n // IN_A_ROOM},RB{n},投影机 {n},投影机,EPSON,CB-{n % 40},RBS{n}\n"
                    for n in range(DEVICES))  # fmt: skip
    head = "会议室编号,设备编号,设备名称,设备类别,品牌,型号,序列号\n"
    register.submit([("d.csv", (head + lines).encode())], client, SYSTEM)
    items = [{"key": f"i{n}", "zh": f"画面与散热检查第{n}项", "en": f"Image and cooling, item {n}",
              **({"kind": "reading", "unit": "℃", "min": 5, "max": 60} if n % 3 == 0
                 else {"kind": "check"})} for n in range(ITEMS)]  # fmt: skip
    spec = {"category": "projector", "occasion": "monthly", "name_zh": "月检", "name_en": "Monthly",
            "items": items}  # fmt: skip
    commands.run("bench-report-list", checklists.publish_checklists,
                 checklists.PublishChecklists((spec,)), SYSTEM)  # fmt: skip
    version = checklists.latest("projector", "monthly")
    assert version is not None
    return _filled(client, contract, version.id)


def _filled(client: int, contract: int, version: int) -> int:
    now, day = clock.now(), clock.local_day(clock.now())
    with db.write():
        person = Person.create(username="bench-report", name="李建国")
        tour = Round.create(client=client, contract=contract, occasion="monthly",
                            period=f"{day:%Y-%m}", due_on=day, engineer=person.id)  # fmt: skip
        for number, device in enumerate(list(Device.select().where(Device.client == client))):
            bad = number % 50 == 7
            result = "fail" if bad else "pass"
            entry = Inspection.create(
                client=client, contract=contract, round=tour, device=device, room=device.room_id,
                version=version, person=person, result=result, scanned=True,
                submission=f"bench-report-{number}", received_at=now, occasion="monthly",
            )  # fmt: skip
            RoundDevice.create(client=client, round=tour, device=device, done_at=now,
                               result=result, entry=entry)  # fmt: skip
            Answer.insert_many(_answers(client, entry, device, bad, now)).execute()
            if number < PHOTOS:
                _photo(client, entry, number)
    return int(tour.id)


def _answers(client: int, entry: Inspection, device: Device, bad: bool, now: Any) -> list[Any]:
    same = {"client": client, "inspection": entry.id, "room": device.room_id,
            "device": device.id, "at": now, "salts": {}}  # fmt: skip
    return [
        {**same, "item": f"i{n}",
         "value": ("78" if bad and n == 3 else "42") if n % 3 == 0 else "pass",
         "verdict": "fail" if bad and n == 3 else "pass",
         "note": "温度偏高，已清洁滤网并通知会务" if bad and n == 3 else None}
        for n in range(ITEMS)
    ]  # fmt: skip


def _photo(client: int, entry: Inspection, number: int) -> None:
    noise = random.Random(number).randbytes(40 * 30 * 3)
    picture = Image.frombytes("RGB", (40, 30), noise).resize((1600, 1200))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    digest = str(blobs.put_photo(out.getvalue()).sha256)
    blobs.derivative(digest, "report")  # both sides find the copies that pages have made
    Attachment.create(client=client, subject="inspection", subject_id=entry.id, field="photo.i1",
                      sha256=digest, submission=entry.submission)  # fmt: skip


class _Recorder(Canvas):  # type: ignore[misc]
    """Notes what is drawn, and not what drawing it draws in turn."""

    strokes: ClassVar[list[tuple[str, tuple[Any, ...], dict[str, Any]]]] = []
    depth = 0

    def beginText(self, *args: Any, **more: Any) -> "_Text":  # noqa: N802 - its name there
        return _Text(self, *args, **more)

    def drawText(self, words: Any) -> None:  # noqa: N802
        if isinstance(words, _Text) and not _Recorder.depth:
            self.strokes.append(("text", tuple(words.strokes), {}))
        super().drawText(words)


class _Text(PDFTextObject):  # type: ignore[misc]
    def __init__(self, *args: Any, **more: Any) -> None:
        self.strokes: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        super().__init__(*args, **more)


def _noting(name: str, text: bool) -> Callable[..., Any]:
    real = getattr(PDFTextObject if text else Canvas, name)

    def call(self: Any, *args: Any, **more: Any) -> Any:
        if not _Recorder.depth:
            self.strokes.append((name, args, more))
        _Recorder.depth += 1
        try:
            return real(self, *args, **more)
        finally:
            _Recorder.depth -= 1

    return call


def _record(key: int, target: Path, note: Path) -> None:
    for name in DRAWN:
        setattr(_Recorder, name, _noting(name, text=False))
    for name in WRITTEN:
        setattr(_Text, name, _noting(name, text=True))

    class Recording(pdf.BaseDocTemplate):  # type: ignore[misc]
        def build(self, flowables: Any, **more: Any) -> None:
            super().build(flowables, canvasmaker=_Recorder, **more)

    pdf.BaseDocTemplate = Recording  # type: ignore[misc]
    pdf.write(rows.of_round(key, SYSTEM), "zh", target)
    note.write_bytes(pickle.dumps(_Recorder.strokes))


def _replay(strokes: list[Any], target: Path) -> None:
    fonts.load()
    canvas = Canvas(str(target), pagesize=pdf.A4, invariant=1)
    for name, args, more in strokes:
        if name == "text":
            words = canvas.beginText()
            for part, given, rest in args:
                getattr(words, part)(*given, **rest)
            canvas.drawText(words)
        else:
            getattr(canvas, name)(*args, **more)
    canvas.save()


def _peak() -> float:
    """The most memory that this process ever held, in MB; unlike getrusage, not its parent's."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def _main(what: str, *words: str) -> None:
    from roundtag import settings

    if what == "plain":
        strokes = pickle.loads(Path(words[1]).read_bytes())
        begin = time.perf_counter()
        _replay(strokes, Path(words[0]))
    else:
        db.connect(settings.current().database_url)
        with database.connection_context():
            begin = time.perf_counter()
            if what == "record":
                _record(int(words[0]), Path(words[1]), Path(words[2]))
            elif what == "xlsx":
                xlsx.write(rows.of_round(int(words[0]), SYSTEM), "zh", Path(words[1]))
            else:
                pdf.write(rows.of_round(int(words[0]), SYSTEM), "zh", Path(words[1]))
    print(time.perf_counter() - begin, _peak())


if __name__ == "__main__":
    _main(*sys.argv[1:])
