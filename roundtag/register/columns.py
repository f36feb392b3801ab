"""The columns of the three kinds of file, and which kind a heading belongs to."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from roundtag.register import cells, choices, dialects
from roundtag.register.cells import Reader
from roundtag.register.choices import LEFT_OUT, Choice, folded
from roundtag.register.dialects import Dialect

Kind = Literal["rooms", "devices", "spares"]
KINDS: tuple[Kind, ...] = ("rooms", "devices", "spares")
"""In the order in which they are stored: devices need rooms."""

CODE, SERIAL, SHORT, LONG = 40, 80, 100, 2000


@dataclass(frozen=True)
class Column:
    """`names` are the headings it goes by, the Chinese and the English one first. A `required`
    column must be there and filled; `empty` is what an empty cell of another one means."""

    field: str
    names: tuple[str, ...]
    read: Reader
    required: bool = False
    empty: Any = ""
    line_breaks: bool = False

    def heading(self, locale: str) -> str:
        """The first name in Chinese (zh) or English."""
        return self.names[0] if locale == "zh" else next(n for n in self.names if n.isascii())

    @property
    def title(self) -> str:
        return f"{self.heading('zh')} / {self.heading('en')}"


def _must(field: str, read: Reader, *names: str) -> Column:
    return Column(field, names, read, required=True)


_MODEL = (
    _must("category", cells.category, "设备类别", "类别", "设备类型", "category"),
    _must("maker", cells.text(SHORT), "品牌", "厂商", "生产厂家", "maker", "brand", "manufacturer"),
    _must("model", cells.text(SHORT), "型号", "规格型号", "model"),
    _must("serial", cells.mark(SERIAL), "序列号", "serial", "serial number", "SN", "出厂编号"),
    Column("warranty_until", ("保修截止", "保修截止日期", "质保截止", "质保到期", "warranty until",
                              "warranty end", "warranty"), cells.day, empty=None),
)  # fmt: skip

COLUMNS: dict[Kind, tuple[Column, ...]] = {
    "rooms": (
        _must("site", cells.text(SHORT), "场所", "园区", "site"),
        _must("building", cells.text(SHORT), "楼宇", "楼栋", "大楼", "building"),
        Column("floor", ("楼层", "floor"), cells.text(CODE)),
        _must("code", cells.mark(CODE), "会议室编号", "房间编号", "room code", "code", "room"),
        _must("name", cells.text(SHORT), "会议室名称", "会议室", "房间名称", "room name", "name"),
        _must("kind", cells.room_kind, "类型", "会议室类型", "房间类型", "kind", "type"),
        Column("capacity", ("容纳人数", "人数", "座位数", "capacity", "seats"),
               cells.whole(0, 100_000), empty=None),
        Column("remarks", ("备注", "remarks", "notes"), cells.text(LONG), line_breaks=True),
    ),
    "devices": (
        _must("room", cells.mark(SHORT), "会议室编号", "房间编号", "会议室", "room code", "room"),
        _must("code", cells.mark(CODE), "设备编号", "编号", "device code", "code"),
        _must("name", cells.text(SHORT), "设备名称", "名称", "device name", "name"),
        *_MODEL,
        Column("asset_number", ("资产编号", "固定资产编号", "asset number", "asset"),
               cells.mark(SERIAL)),
        Column("position", ("安装位置", "位置", "position", "location"), cells.text(SHORT)),
        Column("installed_on", ("安装日期", "启用日期", "installed on", "installed",
                                "install date"), cells.day, empty=None),
        Column("key_device", ("关键设备", "是否关键设备", "key device", "key"), cells.yes_no,
               empty=False),
        Column("ip_address", ("IP地址", "网络地址", "IP address", "IP"), cells.address),
        Column("supplier", ("供应商", "供货商", "supplier"), cells.text(SHORT)),
        Column("owner", ("责任工程师", "负责人", "owner", "owner engineer"), cells.username),
        Column("backup_device", ("备用设备", "备份设备", "backup device", "backup"),
               cells.mark(CODE)),
        Column("firmware", ("固件版本", "固件", "firmware version", "firmware"),
               cells.mark(SERIAL)),
        Column("remarks", ("备注", "remarks", "notes"), cells.text(LONG), line_breaks=True),
    ),
    "spares": (
        _must("store", cells.text(SHORT), "备件库", "仓库", "库房", "store", "warehouse"),
        *_MODEL,
        Column("shelf", ("库位", "货位", "shelf", "bin"), cells.text(SHORT)),
    ),
}  # fmt: skip


HELPERS = (
    Column("purchased", ("采购日期", "购置日期", "购买日期", "purchase date", "purchased"),
           cells.day, empty=None),
    Column("warranty_months", ("保修月数", "质保月数", "保修期(月)", "质保期(月)",
                               "warranty months", "warranty (months)"), cells.months,
           empty=None),
)  # fmt: skip
"""Columns of devices and spares that are not stored: the warranty's end follows from both."""


def defaults(kind: Kind) -> dict[str, Any]:
    """What a new record holds where the file has no such column."""
    return {column.field: column.empty for column in COLUMNS[kind] if not column.required}


def readable(kind: Kind) -> tuple[Column, ...]:
    """Every column that a file of this kind may have."""
    return COLUMNS[kind] + (() if kind == "rooms" else HELPERS)


@dataclass(frozen=True)
class Match:
    """How a heading was understood: the kind of file and the column of each place (or None)."""

    kind: Kind
    columns: tuple[Column | None, ...]
    left_out: tuple[bool, ...] = ()
    """Places that a person chose to leave out."""
    dialect: Dialect | None = None

    @property
    def missing(self) -> list[Column]:
        found = {column.field for column in self.columns if column} | set(self.fills)
        return [c for c in COLUMNS[self.kind] if c.required and c.field not in found]

    @property
    def repeated(self) -> list[str]:
        counts = Counter(column.field for column in self.columns if column)
        return [field for field, count in counts.items() if count > 1]

    @property
    def fills(self) -> dict[str, str]:
        return dict(self.dialect.fills) if self.dialect else {}


def match(headings: Iterable[str], chosen: Choice | None = None) -> Match | None:
    """The kind that knows most of the headings, then the one that misses least; None for none.

    What a person chose goes before what the headings say.
    """
    headings, chosen = tuple(headings), chosen or Choice()
    tried = [_match(kind, headings, chosen) for kind in KINDS if chosen.kind in ("", kind)]
    best = max(tried, key=lambda m: (sum(map(bool, m.columns)), -len(m.missing)), default=None)
    return best if best and (chosen.kind or any(best.columns)) else None


def _match(kind: Kind, headings: tuple[str, ...], chosen: Choice) -> Match:
    dialect = dialects.of(frozenset(map(folded, headings)))
    dialect = dialect if dialect and dialect.kind == kind else None
    by_field = {column.field: _spoken(column, dialect) for column in readable(kind)}
    known = {folded(n): column.field for column in readable(kind) for n in column.names}
    known |= dialect.fields if dialect else {}
    fields = [
        chosen.fields.get(label, known.get(folded(heading), ""))
        for label, heading in zip(choices.labels(headings), headings, strict=True)
    ]
    return Match(
        kind,
        tuple(by_field.get(field) for field in fields),
        tuple(field == LEFT_OUT for field in fields),
        dialect,
    )


def _spoken(column: Column, dialect: Dialect | None) -> Column:
    """The column as a dialect writes it; what something else stands in for may be empty."""
    if dialect is None:
        return column
    read = dialect.readers.get(column.field, column.read)
    return replace(
        column, read=read, required=column.required and column.field not in dialect.fills
    )
