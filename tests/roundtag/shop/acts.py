"""What people do in the shop. An act picks, does it through a door and compares with the model.

A new verb is one more function under `@act`: `when` says whether it can be tried now, `weight` how
often it is. Everything else (invariants, replays, shrinking, the soak) follows by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass

from roundtag import access, devices, faults, register, settling, sync
from roundtag.models import Conflict, Submission
from roundtag.stock import Spot
from tests.roundtag import stock_books
from tests.roundtag.shop.rig import Pick, Shop
from tests.world import step_form, swap_form

Do = Callable[[Shop, Pick], None]
DOORS = ("phone", "browser", "carried")
BACK = ("repair", "store", "scrap")
UNKNOWN = ("SPB1", "NO-SUCH")
"""Another client's spare, and none at all: alike to whoever asks."""


@dataclass(frozen=True)
class Act:
    do: Do
    when: Callable[[Shop], object]
    weight: int

    @property
    def name(self) -> str:
        return self.do.__name__


ACTS: list[Act] = []


def act(when: Callable[[Shop], object] = lambda _: True, weight: int = 1) -> Callable[[Do], Do]:
    def keep(do: Do) -> Do:
        ACTS.append(Act(do, when, weight))
        return do

    return keep


def fault_at(shop: Shop, device: int, pick: Pick) -> dict[str, str]:
    """The fields that link a swap to an open fault of its device, when there is one."""
    found = [f for f in shop.faults(*faults.WORK_STATES) if f.device_id == shop.devices[device]]
    if not found:
        return {}
    return {"fault": str(pick.one(found).id), "settles_fault": pick.one("01")}


def swapped(shop: Shop, pick: Pick, device: int, shown: str, new: str) -> None:
    back, reason = pick.one(BACK), pick.one(("faulty", "upgrade"))
    _swap(shop, pick, device, shown, new, back, reason)


def _swap(shop: Shop, pick: Pick, device: int, shown: str, new: str, back: str,
          reason: str) -> None:  # fmt: skip
    form = swap_form(shop.world, device, expected_old_serial=shown, new_serial=new,
                     old_unit_to=back, reason=reason, **fault_at(shop, device, pick))  # fmt: skip
    said = shop.swap(pick.one(DOORS), form)
    assert said == shop.model.swap(device, shown, new, back, reason)


@act(when=lambda shop: shop.model.in_stores(), weight=3)
def swap(shop: Shop, pick: Pick) -> None:
    """As the page shows it."""
    device = pick.whole(0, 1)
    swapped(shop, pick, device, shop.model.held(device), pick.one(shop.model.in_stores()))


@act(weight=2)
def swap_stale(shop: Shop, pick: Pick) -> None:
    """From a phone that was away: whatever it had shown, whatever it took."""
    device, known = pick.whole(0, 1), sorted(shop.model.units)
    swapped(shop, pick, device, pick.one(["", *known]), pick.one([*known, *UNKNOWN]))


@act(when=lambda shop: shop.model.in_stores(), weight=2)
def lend(shop: Shop, pick: Pick) -> None:
    """A loaner does the work meanwhile."""
    device, new = pick.whole(0, 1), pick.one(shop.model.in_stores())
    _swap(shop, pick, device, shop.model.held(device), new, "repair", "loan")


@act()
def report(shop: Shop, pick: Pick) -> None:
    device = pick.whole(0, 1)
    form = {"tag": shop.world.tags[device], "symptom": pick.one(("no_picture", "no_sound"))}
    if pick.one((True, False)):
        assert shop.phone("fault", form) in {"done", "conflict"}
    else:
        user = f"engineer-{shop.world.code}".lower()
        assert shop.browser(f"/t/{form['tag']}/faults", form, user) in {"done", "conflict"}


@act(when=lambda shop: shop.faults(*faults.WORK_STATES))
def work(shop: Shop, pick: Pick) -> None:
    """An engineer's step by phone; which states take it is another test's question."""
    fault = pick.one(shop.faults(*faults.WORK_STATES))
    step = pick.one(("arrive", "restore", "resolve", "resolve"))
    shop.phone("step", step_form(fault.id, step))


@act(when=lambda shop: shop.faults("resolved"))
def observe(shop: Shop, pick: Pick) -> None:
    order = faults.ObserveFault(pick.one(shop.faults("resolved")).id)
    shop.command(faults.observe_fault, order, access.SYSTEM)


@act(when=lambda shop: shop.faults("observing"))
def week(shop: Shop, pick: Pick) -> None:
    shop.pass_days(pick.one((1, 8)))


@act(when=lambda shop: shop.faults("observing", "resolved"), weight=2)
def close(shop: Shop, pick: Pick) -> None:
    """Not while the loaner does the work; the model knows that by itself."""
    fault = pick.one(shop.faults("observing", "resolved"))
    said = shop.command(faults.close_fault, faults.CloseFault(fault.id), access.SYSTEM)
    here = [n for n, key in enumerate(shop.devices) if key == fault.device_id]
    if any(n in shop.model.lent for n in here):
        assert said != "done"


@act()
def shift(shop: Shop, pick: Pick) -> None:
    """Counted pieces come, go and change stores."""
    model, pieces = pick.one(shop.counted), pick.whole(1, 5)
    ends = [None, *shop.stores]
    source = pick.one(ends)
    target = pick.one(end for end in ends if end is None or end != source)
    order = stock_books.Shift(model, pieces, spot(source, "supplier"), spot(target, "used"))
    said = shop.command(stock_books.import_spares, order, access.SYSTEM)
    assert said == shop.model.shift(model, pieces, source, target)


def spot(store: int | None, other: str) -> Spot:
    return Spot(other) if store is None else Spot("store", store)


@act(weight=2)
def receive(shop: Shop, pick: Pick) -> None:
    """A new unit by the importer, as from the command line."""
    shop.serials += 1
    serial, store = f"N{shop.serials}", pick.one(shop.stores)
    _import(shop, serial, store)


@act(when=lambda shop: shop.model.in_stores())
def carry(shop: Shop, pick: Pick) -> None:
    """A unit goes to another store by a file."""
    serial = pick.one(shop.model.in_stores())
    other = [key for key in shop.stores if key != shop.model.units[serial][1]]
    _import(shop, serial, pick.one(other))


def _import(shop: Shop, serial: str, store: int) -> None:
    head = "备件库,设备类别,品牌,型号,序列号\n"
    text = f"{head}{shop.code_of(store)},projector,爱普生,CB-L500,{serial}\n"
    register.submit([("s.csv", text.encode())], shop.world.client_id, access.SYSTEM)
    shop.model.put(serial, ("store", store))


@act()
def retire(shop: Shop, pick: Pick) -> None:
    device, to, store = pick.whole(0, 1), pick.one(devices.UNIT_TO), shop.stores[0]
    if pick.one((True, False)):
        form = {"reason": "旧", "unit_to": to, "store": str(store)}
        user = f"manager-{shop.world.code}".lower()
        said = shop.browser(f"/devices/{shop.devices[device]}/retirement", form, user)
    else:
        code = shop.world.devices[device].code
        order = devices.RetireDevice(code, shop.world.code, "旧", to, store)
        said = shop.command(devices.retire_device, order, shop.world.manager)
    assert said == shop.model.retire(device, to, store)


@act(when=lambda shop: shop.model.retired, weight=2)
def reinstate(shop: Shop, pick: Pick) -> None:
    device = pick.whole(0, 1)
    if pick.one((True, False)):
        path = f"/devices/{shop.devices[device]}/reinstatement"
        said = shop.browser(path, {}, f"manager-{shop.world.code}".lower())
    else:
        order = devices.ReinstateDevice(shop.world.devices[device].code, shop.world.code)
        said = shop.command(devices.reinstate_device, order, shop.world.manager)
    assert said == shop.model.reinstate(device)


UNDONE = ("device-already-swapped", "unit-already-used")


def unsettled() -> list[Conflict]:
    open_ones = Conflict.settled_at.is_null() & Conflict.kind.in_(UNDONE)
    return list(Conflict.select().where(open_ones).order_by(Conflict.id))


@act(when=lambda _: unsettled())
def settle(shop: Shop, pick: Pick) -> None:
    """The office does what a phone had filed in vain, or leaves it."""
    found = pick.one(unsettled())
    apply = pick.one((True, False))
    fields = dict(sync.pairs_of(Submission.get_by_id(found.submission).body))
    order = settling.Settle(f"conflict:{found.id}", "apply" if apply else "leave")
    said = shop.command(settling.settle_conflict, order, shop.world.manager)
    if not apply:
        assert said == "done"
        return
    device = shop.devices.index(found.device_id)
    expected = shop.model.swap(device, shop.model.held(device), fields["new_serial"],
                               fields["old_unit_to"], fields["reason"])  # fmt: skip
    assert said == {"done": "done"}.get(expected, "refused")


@act(when=lambda shop: shop.sent, weight=2)
def again(shop: Shop, pick: Pick) -> None:
    """A reply was lost: sent once more, early or late, it changes nothing."""
    shop.again(pick.whole(0, len(shop.sent) - 1))
