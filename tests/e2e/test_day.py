"""Days of a service desk, acted through the pages; what came of them was worked out by hand.

The matrix is the shipped one: level I within 10 min / 1 h / 4 h, II within 20 min / 2 h / 8 h at
all hours; III within 30 min / 8 h / 24 h of working time. 30 September 2026 is a Wednesday, 1 to 7
October are a holiday, the 10th is a Saturday that is worked. Working hours are 9:00–12:00 and
13:30–17:30: 7 hours a day. All times are China's.
"""

from datetime import datetime

from roundtag import db, faults
from roundtag.models import Fault, FaultDue, Notification, Person
from roundtag.sla.clocks import Clocks
from tests.e2e.cast import Cast, newest, number_of, person, state_of, tag_of
from tests.e2e.conftest import PHONE
from tests.e2e.daytime import ZONE, Day

PROJECTOR, CONTROL, HALL = "DG301-P01", "DG301-Z01", "LT101"


def owed(fault: int) -> set[tuple[str, str, str, str]]:
    """What a fault obliged to: kind, raised, due, done."""
    with db.database.connection_context():
        rows = FaultDue.select().where(FaultDue.fault == fault)
        return {(row.kind, shown(row.raised_at), shown(row.due_at), shown(row.done_at))
                for row in rows}  # fmt: skip


def shown(moment: datetime | None) -> str:
    return "–" if moment is None else f"{moment.astimezone(ZONE):%m-%d %H:%M}"


def told(fault: int) -> list[tuple[str, str, str, str, str, str]]:
    """The clocks of a fault: target, level, state, due, met, breached in this cycle."""
    with db.database.connection_context():
        found: Clocks = faults.clocks_of(Fault.get_by_id(fault))
    return [(one.target, one.level, one.state, shown(one.due_at), shown(one.met_at),
             shown(one.breached_at)) for one in found]  # fmt: skip


def notices(fault: int) -> set[tuple[str, str, str]]:
    """Who was told what of a fault, and when."""
    with db.database.connection_context():
        rows = Notification.select(Notification, Person).join(Person).where(
            (Notification.channel == "app") & (Notification.url == f"/faults/{fault}")
            & Notification.kind.startswith("fault-"))  # fmt: skip
        return {(row.recipient.username, row.kind, shown(row.created_at)) for row in rows}


def test_the_days_end_with_what_was_worked_out_by_hand(day: Day) -> None:
    cast = Cast(day)

    day.at("2026-09-30 09:02")  # an attendee, and a second one of the same meeting
    link = cast.attend(PROJECTOR, "no_picture")
    first = newest()
    day.at("2026-09-30 09:04")
    cast.attend(PROJECTOR, "no_picture")
    second = newest()
    assert second != first
    day.at("2026-09-30 09:10")
    cast.office("desk", first, "triage", level="III", urgency="medium", scope="room")
    day.at("2026-09-30 09:12")
    cast.office("desk", first, "dispatch", engineer=person("engineer"))
    day.at("2026-09-30 09:20")
    cast.step("engineer", first, "respond", mode="on_site")
    day.at("2026-09-30 09:40")
    cast.step("engineer", first, "pause", reason="room_in_use")

    day.at("2026-09-30 10:15")  # the hall is dark: a call, level I at once
    hall = cast.call(HALL, "power", level="I", urgency="high", scope="room", caller="郑涛")
    day.at("2026-09-30 10:17")
    cast.office("desk", hall, "dispatch", engineer=person("second"))
    day.at("2026-09-30 10:19")
    cast.step("second", hall, "respond", mode="on_site")

    day.at("2026-09-30 10:40")
    cast.step("engineer", first, "resume")
    assert told(first) == [
        ("response", "III", "met", "09-30 09:32", "09-30 09:20", "–"),
        ("on_site", "III", "running", "10-08 11:02", "–", "–"),
        ("restore", "III", "running", "10-10 14:32", "–", "–"),
    ]
    day.at("2026-09-30 11:00")
    cast.step("engineer", first, "arrive", tag=tag_of(PROJECTOR))
    day.at("2026-09-30 11:10")
    cast.step("second", hall, "progress", note="总配电柜跳闸，正在查线路")
    day.at("2026-09-30 11:20")  # five minutes late
    cast.step("second", hall, "arrive", why="门口的标签不见了")
    day.at("2026-09-30 11:30")
    cast.step("engineer", first, "restore", diagnosis="HDMI 线接触不良")
    day.at("2026-09-30 11:45")
    cast.step("engineer", first, "resolve", cause="线缆老化", remedy="更换 HDMI 线", kind="line")
    day.at("2026-09-30 11:50")
    cast.office("desk", first, "observation")
    assert state_of(first) == "observing"

    day.at("2026-09-30 12:30")  # the entry of 12:10 was missed
    cast.step("second", hall, "progress", note="等电工")
    day.at("2026-09-30 13:30")  # at the very instant is in time
    cast.step("second", hall, "progress", note="电工到场")
    day.at("2026-09-30 15:00")  # the entry of 14:30 was missed, and the promise of 14:15
    cast.step("second", hall, "restore", diagnosis="进线断路器烧毁")
    day.at("2026-09-30 15:30")
    cast.step("second", hall, "resolve", cause="断路器烧毁", remedy="更换断路器", kind="power")
    assert told(hall) == [
        ("response", "I", "met", "09-30 10:25", "09-30 10:19", "–"),
        ("on_site", "I", "met_late", "09-30 11:15", "09-30 11:20", "09-30 11:15"),
        ("restore", "I", "met_late", "09-30 14:15", "09-30 15:00", "09-30 14:15"),
    ]
    at_work = {"second"}
    heads = {"supervisor", "manager"}  # the demo's manager is a supervisor as well
    managers = {"head", "manager"}
    assert notices(hall) == {
        ("engineer", "fault-reported", "09-30 10:15"),
        *told_to(heads | managers, "fault-level-one", "09-30 10:15"),
        *told_to(at_work, "fault-yours", "09-30 10:17"),
        *told_to(at_work | heads, "fault-warning-on_site", "09-30 10:45"),
        *told_to(at_work | heads, "fault-warning-on_site", "09-30 11:03"),
        *told_to(at_work | heads | managers, "fault-breach-on_site", "09-30 11:16"),
        *told_to(managers, "fault-progress-owed", "09-30 12:11"),
        *told_to(at_work | heads, "fault-warning-restore", "09-30 12:15"),
        *told_to(at_work | heads, "fault-warning-restore", "09-30 13:27"),
        *told_to(at_work | heads | managers | {"client"}, "fault-breach-restore", "09-30 14:16"),
        *told_to(managers, "fault-progress-owed", "09-30 14:31"),
    }

    day.at("2026-09-30 23:40")  # at night, the day before a holiday
    cast.attend(CONTROL, "control_panel_dead")
    night = newest()
    assert told(night) == [
        ("response", "III", "running", "10-08 09:30", "–", "–"),
        ("on_site", "III", "running", "10-09 10:00", "–", "–"),
        ("restore", "III", "running", "10-12 12:00", "–", "–"),
    ]
    day.at("2026-10-01 08:00")  # it is graver than it was taken for: late already, and told so
    cast.office("desk", night, "triage", level="II", urgency="high", scope="room")
    day.at("2026-10-01 08:05")  # at 08:01 it rose to level I by itself
    cast.step("engineer", night, "respond", mode="on_site")
    day.at("2026-10-01 08:30")
    cast.step("engineer", night, "arrive", tag=tag_of(CONTROL))
    day.at("2026-10-01 08:40")
    cast.swap("engineer", CONTROL, night, "loan")
    day.at("2026-10-01 08:45")
    cast.step("engineer", night, "restore", diagnosis="中控主机电源板烧毁", temporary="loaner")
    assert told(night) == [
        ("response", "I", "met_late", "09-30 23:50", "10-01 08:05", "10-01 08:00"),
        ("on_site", "I", "met_late", "10-01 00:40", "10-01 08:30", "10-01 08:00"),
        ("restore", "I", "met_late", "10-01 03:40", "10-01 08:45", "10-01 08:00"),
    ]
    everyone = {"engineer"} | heads | managers
    assert notices(night) == {
        ("engineer", "fault-reported", "09-30 23:40"),
        *told_to(everyone, "fault-breach-response", "10-01 08:00"),
        *told_to(everyone, "fault-breach-on_site", "10-01 08:00"),
        *told_to(everyone | {"client"}, "fault-breach-restore", "10-01 08:00"),
        *told_to(heads | managers, "fault-level-one", "10-01 08:01"),
        ("engineer", "fault-upgraded", "10-01 08:01"),
    }

    day.at("2026-10-02 10:00")  # broken again, on a holiday and inside the observation
    page = day.page(viewport=PHONE, java_script_enabled=False)
    page.goto(f"{link}?lang=en")
    page.get_by_role("button", name="still broken").click()
    page.wait_for_url(lambda url: not url.startswith(link))
    third = newest()
    day.at("2026-10-02 10:05")
    cast.office("desk", first, "reopening", reason="仍然没有画面")
    cast.office("desk", third, "duplicate", twin=number_of(first))
    assert (state_of(first), state_of(third)) == ("triaged", "duplicate")
    day.at("2026-10-08 09:10")
    cast.step("engineer", first, "respond", mode="on_site")
    day.at("2026-10-08 09:20")
    cast.step("engineer", first, "arrive", tag=tag_of(PROJECTOR))
    day.at("2026-10-08 09:40")
    cast.step("engineer", first, "restore", diagnosis="墙面插座松动")
    day.at("2026-10-08 09:50")
    cast.step("engineer", first, "resolve", cause="插座松动", remedy="更换墙面插座", kind="line")
    day.at("2026-10-08 10:00")
    cast.office("desk", first, "observation")
    assert told(first) == [
        ("response", "III", "met", "10-08 09:30", "10-08 09:10", "–"),
        ("on_site", "III", "met", "10-09 10:00", "10-08 09:20", "–"),
        ("restore", "III", "met", "10-12 12:00", "10-08 09:40", "–"),
    ]
    assert notices(first) == {
        ("engineer", "fault-reported", "09-30 09:02"),
        ("engineer", "fault-yours", "09-30 09:12"),
        ("engineer", "fault-warning-response", "09-30 09:17"),
        *told_to({"engineer"} | heads, "fault-reopened", "10-02 10:05"),
    }

    day.at("2026-10-08 14:00")  # the second fault of the projector in a month
    cast.attend(PROJECTOR, "blurry_picture")
    blurred = newest()
    day.at("2026-10-08 14:20")
    cast.step("engineer", blurred, "resolve", tag=tag_of(PROJECTOR),
              cause="镜头起雾", remedy="除雾并通风", kind="device")  # fmt: skip
    day.at("2026-10-09 09:00")  # and the third: two duplicates are none
    cast.attend(PROJECTOR, "other")
    demanded = newest()
    page = cast.page("supervisor")
    page.goto(f"/t/{tag_of(PROJECTOR)}")
    shown_there = page.locator("main").inner_text()
    for fault in (first, blurred, demanded):
        assert number_of(fault) in shown_there
    with db.database.connection_context():
        demand = FaultDue.get(FaultDue.kind == "replacement")
    assert (demand.faults, shown(demand.raised_at)) == ([first, blurred, demanded], "10-09 09:00")

    by_noon, three_days = "10-01 11:20", "10-04 00:00"  # three days end with the third one
    assert owed(hall) == {
        ("fallback", "09-30 10:15", "09-30 11:15", "09-30 15:00"),
        ("diagnosis", "09-30 11:20", by_noon, "09-30 15:00"),
        ("response_report", "09-30 15:00", three_days, "–"),
        ("report", "09-30 15:30", three_days, "–"),
        ("analysis_report", "09-30 15:30", three_days, "–"),
        ("major_report", "09-30 15:30", three_days, "–"),
        ("callback", "09-30 15:30", "10-11 00:00", "–"),  # the 8th, the 9th and the 10th are worked
    }
    assert owed(night) == {
        ("fallback", "10-01 08:00", "10-01 09:00", "10-01 08:45"),
        ("loaner", "10-01 08:00", "10-02 08:00", "10-01 08:40"),  # a day after the breach
        ("diagnosis", "10-01 08:30", "10-02 08:30", "10-01 08:45"),
        ("response_report", "10-01 08:45", "10-05 00:00", "–"),
    }

    response, major = cast.issue(hall, "response"), cast.issue(hall, "major")
    for words in ("响应服务报告", number_of(hall), "礼堂", "按时完成", "超时 5 分", "超时 45 分",
                  "进线断路器烧毁", "更换断路器", "赵强"):  # fmt: skip
        assert words in response
    for words in ("重大故障报告", "总配电柜跳闸，正在查线路", "2026-09-30 14:15"):
        assert words in major
    done = {kind for kind, *_, at in owed(hall) if at == "10-09 09:00"}
    assert done == {"response_report", "major_report", "report"}
    page = cast.page("head")
    page.goto("/notices")
    assert page.locator("main").inner_text().count(number_of(hall)) >= 4


def told_to(whom: set[str], kind: str, at: str) -> set[tuple[str, str, str]]:
    return {(one, kind, at) for one in whom}
