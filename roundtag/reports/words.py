"""The words of printed reports, in both languages: jobs have no reader whose language to ask."""

from datetime import date
from typing import Literal

from roundtag import clock

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")

WORDS: dict[str, tuple[str, str]] = {
    "report": ("巡检报告", "Inspection report"),
    "report.quarterly": ("养护报告", "Upkeep report"),
    "report.half_yearly": ("检测报告", "Test report"),
    "report.fault-response": ("响应服务报告", "Response service report"),
    "report.fault-analysis": ("故障分析报告", "Fault analysis report"),
    "report.fault-major": ("重大故障报告", "Major fault report"),
    "number": ("编号", "Number"),
    "replaces": ("替代", "Replaces"),
    "draft": ("草稿，未签发", "Draft, not issued"),
    "client": ("客户", "Client"),
    "contract": ("合同", "Contract"),
    "round": ("巡检任务", "Round"),
    "period": ("期间", "Period"),
    "due": ("应完成日期", "Due"),
    "completed": ("实际完成", "Completed"),
    "not_completed": ("尚未全部完成", "Not complete"),
    "issued": ("签发日期", "Issued"),
    "engineers": ("巡检工程师", "Engineers"),
    "head": (
        "签名日志头：日后可凭此证明此前的记录未被改动",
        "Head of the log: it can prove that nothing before it was altered",
    ),
    "head_size": ("{n} 条记录", "{n} leaves"),
    "log_head": ("日志头", "Head of the log"),
    "digest": ("数据摘要", "Data digest"),
    "times": (
        "时间均按合同时区（{zone}），以服务器收到为准。",
        "Times are in the contract's zone ({zone}), as received by the server.",
    ),
    "in_time": ("按期完成", "Done in time"),
    "by_tenth": ("10日前完成", "Done by the 10th"),
    "yes": ("是", "Yes"),
    "no": ("否", "No"),
    "by_due": ("截至应完成日期：{n}／{all}", "By the due day: {n} of {all}"),
    "summary": ("一、概况", "1  Summary"),
    "stops": ("应检", "Stops"),
    "done": ("已检", "Done"),
    "passed": ("合格", "Passed"),
    "fixed_n": ("当场修复", "Fixed"),
    "failed": ("不合格", "Failed"),
    "left": ("未检", "Not done"),
    "rate": ("合格率", "Pass rate"),
    "target": ("目标", "Target"),
    "rooms": ("按会议室", "By room"),
    "categories": ("按设备类别", "By category"),
    "room": ("会议室", "Room"),
    "place": ("位置", "Place"),
    "category": ("类别", "Category"),
    "device": ("设备", "Device"),
    "code": ("设备编号", "Device code"),
    "item": ("项目", "Item"),
    "value": ("实测", "Found"),
    "limits": ("限值", "Limits"),
    "unit": ("单位", "Unit"),
    "verdict": ("判定", "Verdict"),
    "note": ("说明", "Note"),
    "person": ("人员", "Person"),
    "time": ("时间", "Time"),
    "day": ("日期", "Day"),
    "fault": ("故障单", "Fault"),
    "no.": ("序号", "No."),
    "building": ("楼宇", "Building"),
    "floor": ("楼层", "Floor"),
    "room_code": ("会议室编号", "Room code"),
    "result": ("结果", "Result"),
    "scanned": ("扫码", "Scanned"),
    "reason": ("原因", "Reason"),
    "abnormal": ("二、异常读数", "2  Readings out of limits"),
    "failures": ("三、不合格项目与故障单", "3  Failed items and faults"),
    "fixed": ("四、当场修复", "4  Fixed on the spot"),
    "outside": ("五、检测项目以外发现的问题", "5  Problems outside the items"),
    "leftover": ("六、遗留问题", "6  Problems left over"),
    "undone": ("七、未检设备", "7  Not done"),
    "consumed": ("八、耗材与计数", "8  Consumables and counters"),
    "remarks": ("九、备注", "9  Remarks"),
    "signatures": ("十、三级验收", "10  Acceptance in three steps"),
    "doings": ("十一、人员与用时", "11  Who did what, when"),
    "further": ("十二、留存备查的其他记录", "12  Further entries kept on file"),
    "records": ("附录一、巡检记录", "Appendix A  Records"),
    "photos": ("附录二、照片", "Appendix B  Photos"),
    "none": ("无。", "None."),
    "more_charts": ("其余读数见附录记录。", "Further readings are in the records."),
    "found_on": ("发现日期", "Found"),
    "state": ("状态", "State"),
    "open": ("未解决", "Open"),
    "settled": ("已解决", "Settled"),
    "words": ("问题", "Problem"),
    "used": ("本期用量", "Used"),
    "reading": ("读数／编号", "Reading / serial"),
    "kind": ("种类", "Kind"),
    "counter": ("计数", "Counter"),
    "part": ("更换部件", "Part replaced"),
    "step": ("环节", "Step"),
    "decision": ("决定", "Decision"),
    "signature": ("签名", "Signature"),
    "engineer": ("工程师自检", "Engineer, self-check"),
    "supervisor": ("主管复核", "Supervisor's check"),
    "client_step": ("客户签收", "Client's sign-off"),
    "approved": ("通过", "Approved"),
    "sent-back": ("退回", "Sent back"),
    "by_link": ("经链接签字", "by link"),
    "pass": ("合格", "Pass"),
    "fail": ("不合格", "Fail"),
    "fixed_v": ("当场修复", "Fixed"),
    "na": ("不适用", "N/A"),
    "none_v": ("—", "—"),
    "second": ("重复检查", "Second check"),
    "returned": ("已退回", "Sent back"),
    "earlier": ("已被后来的记录取代", "Replaced since"),
    "why": ("不计原因", "Why not counted"),
    "first": ("首条", "First"),
    "last": ("末条", "Last"),
    "page": ("第 {n} 页", "Page {n}"),
    "total": ("共 {n} 页", "of {n}"),
    "remedy": ("处理措施", "Remedy"),
    "quarter": ("养护项目", "Upkeep item"),
}


def say(key: str, lang: Lang, **values: object) -> str:
    text = WORDS[key][lang == "en"]
    return text.format(**values) if values else text


def pair(key: str) -> tuple[str, str]:
    """A word in both languages; none for what has no name here."""
    return WORDS.get(key, ("", ""))


def pick(pair: tuple[str, str], lang: Lang) -> str:
    return pair[lang == "en"]


VERDICTS = {"pass": "pass", "fail": "fail", "fixed": "fixed_v", "na": "na", "none": "none_v"}
STEPS = {"engineer": "engineer", "supervisor": "supervisor", "client": "client_step"}


def verdict(code: str, lang: Lang) -> str:
    return say(VERDICTS.get(code, "none_v"), lang)


def moment(text: str, zone: str) -> str:
    """A moment as 2026-11-09 14:32 in the contract's zone; nothing for none."""
    return f"{clock.local(clock.from_text(text), zone):%Y-%m-%d %H:%M}" if text else ""


def day(text: str, lang: Lang) -> str:
    if not text:
        return ""
    found = date.fromisoformat(text)
    return f"{found.year}年{found.month}月{found.day}日" if lang == "zh" else f"{found:%d %b %Y}"


def percent(value: float | None) -> str:
    return "—" if value is None else f"{value:g} %"


def title(occasion: str, lang: Lang) -> str:
    key = f"report.{occasion}"
    return say(key if key in WORDS else "report", lang)


def deadline(due_on: str, lang: Lang) -> str:
    """What the yes or no beside it is about: the 10th where that is the agreed day."""
    return say("by_tenth" if due_on.endswith("-10") else "in_time", lang)
