"""依申请公开 of the demonstration city: every state of the clock, every channel, reviews, mock requests, reports."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from cockpit import deadline
from cockpit.workdays import Calendar
from collectors.samples_city import SEED, Actor

Row = tuple[str, dict[str, Any]]
POSTS = {
    "accepted": "政务公开窗口岗",
    "registered": "文书岗",
    "handled": "业务承办岗",
    "reviewed": "法制审核岗",
    "answered": "政务公开岗",
    "archived": "档案岗",
}
RESULT_DRAW = (*("予以公开",) * 9, *("部分公开",) * 3, "四类过程性信息", "保护第三方合法权益", "行政查询事项",
               *("本机关不掌握",) * 3, "没有现成信息需要另行制作", "重复申请", "其他")  # fmt: skip
TYPE_DRAW = (*("自然人",) * 6, "商业企业", "商业企业", "科研机构", "法律服务机构", "其他")


# Units whose applications show a state of the clock: (state, days ago). Others have answered ones only.
STATES = {
    "FGW": (("carried", 0), ("answered", 130)),
    "SWJ": (("dropped", 60), ("answered", 200)),
    "GAJ": (("stopped", 24), ("answered", 80), ("answered", 210)),
    "YBJ": (("waiting", 12), ("corrected", 25), ("answered", 260)),
    "GXJ": (("partner", 30), ("late", 41)),
}


def request_rows(cast: Sequence[Actor], last: date, calendar: Calendar, at: datetime) -> Iterator[Row]:
    """Applications of every unit, and what hangs on them."""
    answered: dict[str, date | None] = {}
    for actor in cast:
        own = _own(actor)
        for number, (state, ago) in enumerate(own, 1):
            received = _received(state, ago, last)
            row = _application(actor, number, state, received, last, calendar, at)
            answered[row["application_id"]] = row.get("answered_on")
            yield "application", row
    yield from _reviews(cast, answered, last, at)
    yield from _mocks(cast, last, at)
    yield from _reports(cast, last, at)


def _own(actor: Actor) -> tuple[tuple[str, int], ...]:
    draw = random.Random(f"{SEED}:application:{actor.key}")
    return (
        STATES.get(actor.key)
        or actor.story.applications
        or tuple(("answered", draw.randint(40, 300)) for _ in range(draw.randint(0, 3)))
    )


def _received(state: str, ago: int, last: date) -> date:
    return date(last.year - 1, 12, 20) if state == "carried" else last - timedelta(days=ago)


def _dates(state: str, received: date, draw: random.Random, calendar: Calendar) -> dict[str, Any]:
    """What happened to a case of one state."""
    later = lambda days: received + timedelta(days=days)  # noqa: E731
    asked = {"correction_asked_on": calendar.add(received, 4)}
    return {
        "answered": lambda: {"answered_on": later(draw.randint(8, 20))},
        "carried": lambda: {"answered_on": calendar.add(received, 15)},
        "late": lambda: {"answered_on": later(38)},
        "extended": lambda: {"extended": True, "extended_on": calendar.add(received, 18)},
        "third": lambda: {"third_party_from": later(5), "third_party_to": later(16)},
        "partner": lambda: {"partner_from": later(4), "partner_to": later(12)},
        "stopped": lambda: {"third_party_from": later(6)},
        "waiting": lambda: asked,
        "corrected": lambda: {**asked, "correction_received_on": calendar.add(received, 9)},
        "dropped": lambda: {**asked, "answered_on": calendar.add(received, 20), "result": "逾期不补正"},
    }.get(state, dict)()


def _application(
    actor: Actor, number: int, state: str, received: date, last: date, calendar: Calendar, at: datetime
) -> dict[str, Any]:
    draw = random.Random(f"{SEED}:application:{actor.key}:{number}:{state}")
    dates = _dates(state, received, draw, calendar)
    channel = draw.choice(("网络", "网络", "邮寄", "当面", "平信", "传真"))
    answered = dates.get("answered_on")
    row = {
        "measured_at": at,
        "application_id": f"演示{actor.key}-{number:03d}",
        "unit_code": actor.unit.unit_code,
        "received_on": received,
        "channel_in": channel,
        deadline.ARRIVALS[channel].field: received,
        "applicant_type": draw.choice(TYPE_DRAW),
        "result": draw.choice(RESULT_DRAW) if answered else None,
        "handler": "政务公开岗",
        "note": "演示数据",
        **_stages(state, received, answered, last, draw, calendar),
        **dates,
    }
    row["stage"] = _stage(row)
    row["due_on"] = _due(row, calendar, answered or last)
    return row


def _stages(
    state: str, received: date, answered: date | None, last: date, draw: random.Random, calendar: Calendar
) -> dict[str, Any]:
    """Dates and posts of the stages; an open case has come as far as its age lets it."""
    accepted = calendar.add(received, 1)
    marks = {"accepted": accepted, "registered": calendar.add(accepted, 1)}
    if answered and state != "dropped":
        before = max(marks["registered"], answered - timedelta(days=draw.choice((2, 3, 4))))
        marks |= {"handled": before, "reviewed": max(before, answered - timedelta(days=1))}
        marks |= {"archived": calendar.add(answered, draw.choice((1, 2, 5)))}
    elif state in {"soon", "overdue", "extended"}:
        marks["handled"] = calendar.add(received, 12)
    kept = {key: day for key, day in marks.items() if day <= last or answered}
    out: dict[str, Any] = {f"{key}_on": day for key, day in kept.items()}
    posts = {**{key: POSTS[key] for key in kept}, **({"answered": POSTS["answered"]} if answered else {})}
    return out | {f"{key}_post": post for key, post in posts.items()}


def _stage(row: dict[str, Any]) -> str:
    if row.get("answered_on"):
        return "归档" if row.get("archived_on") else "答复"
    if row.get("correction_asked_on") and not row.get("correction_received_on"):
        return "补正"
    if row.get("third_party_from") and not row.get("third_party_to"):
        return "征求第三方意见"
    return "审核" if row.get("handled_on") else "办理"


def _due(row: dict[str, Any], calendar: Calendar, end: date) -> date | None:
    if row["stage"] == "补正":
        return None
    periods = {}
    for name in ("third_party", "partner"):
        first = row.get(f"{name}_from")
        periods[name] = (first, row.get(f"{name}_to") or max(first, end)) if first else None
    return deadline.compute(
        calendar,
        row["received_on"],
        extended=bool(row.get("extended")),
        corrected=row.get("correction_received_on"),
        **periods,
    ).due


REVIEWS = (
    ("ZRZYJ", 1, "行政复议", 120, 60, "结果维持"),
    ("ZRZYJ", 2, "行政复议", 100, 45, "结果纠正"),
    ("ZRZYJ", 3, "复议后起诉", 70, None, None),
    ("GAJ", 0, "行政复议", 160, 100, "结果维持"),
    ("YSQ", 0, "未经复议直接起诉", 210, 90, "结果维持"),
    ("FYX", 0, "行政复议", 150, 80, "其他结果"),
    ("ZJJ", 2, "行政复议", 30, None, None),
    ("RSJ", 3, "行政复议", 25, None, None),
)


def _reviews(
    cast: Sequence[Actor], answered: Mapping[str, date | None], last: date, at: datetime
) -> Iterator[Row]:
    """Cases before a reviewer or a court; one about an answer comes after it."""
    units = {a.key: a for a in cast}
    for number, (key, of, kind, filed, decided, outcome) in enumerate(REVIEWS, 1):
        if key not in units:
            continue
        filed_on = last - timedelta(days=filed)
        about = _answered_before(answered, key, of, filed_on) if of else None
        row = {
            "measured_at": at,
            "case_no": f"演示复{number:03d}",
            "unit_code": units[key].unit.unit_code,
            "application_id": about,
            "review_kind": kind,
            "filed_on": filed_on,
            "decided_on": last - timedelta(days=decided) if decided else None,
            "outcome": outcome,
            "note": "演示数据",
        }
        yield "review_case", row


def _answered_before(answered: Mapping[str, date | None], key: str, of: int, day: date) -> str | None:
    """The application `of` of a unit if it had its answer by then, else another of the unit, else none."""
    names = (f"演示{key}-{of:03d}", *sorted(n for n in answered if n.startswith(f"演示{key}-")))
    return next((n for n in names if (on := answered.get(n)) and on <= day), None)


# key, days ago, channel, days to the answer, channel open, well formed, remedy told, grade
MOCKS = (
    ("JYJ", 75, "网络", 12, True, True, True, "优"),
    ("WJW", 75, "网络", 18, True, True, False, "良"),
    ("CGJ", 75, "邮寄", 27, True, False, False, "差"),
    ("SWJ", 75, "网络", None, False, None, None, "差"),
    ("MZJ", 75, "当面", 9, True, True, True, "优"),
    ("YSQ", 60, "网络", 15, True, True, True, "优"),
    ("FYX", 60, "平信", 22, True, False, True, "中"),
    ("GXQ", 60, "网络", None, True, None, None, "差"),
    ("NYJ", 10, "网络", None, True, None, None, None),
    ("SLJ", 9, "传真", 6, True, True, True, "优"),
)


def _mocks(cast: Sequence[Actor], last: date, at: datetime) -> Iterator[Row]:
    units = {a.key: a for a in cast}
    for number, (key, ago, channel, days, opened, formed, told, grade) in enumerate(MOCKS, 1):
        if key not in units:
            continue
        sent = last - timedelta(days=ago)
        row = {
            "measured_at": at,
            "mock_id": f"演示测{number:03d}",
            "unit_code": units[key].unit.unit_code,
            "channel_in": channel,
            "submitted_on": sent,
            "subject": "演示：本机关上年度主动公开情况",
            "channel_open": opened,
            "confirmed_on": sent + timedelta(days=1) if opened else None,
            "answered_on": sent + timedelta(days=days) if days else None,
            "well_formed": formed,
            "remedy_told": told,
            "grade": grade,
            "note": "演示数据",
        }
        yield "mock_request", row


def _reports(cast: Sequence[Actor], last: date, at: datetime) -> Iterator[Row]:
    """Last year's report as filed: two units agree with their ledger, one counted an application too many."""
    year, units = last.year - 1, {a.key: a for a in cast}
    for key, new in (("FGW", 1), ("GXJ", 0), ("JTYSJ", 2)):
        if key not in units:
            continue
        own = _own(units[key])
        column = "persons"
        carried = sum(state == "carried" for state, _ in own)
        common = {"measured_at": at, "report_year": year, "unit_code": units[key].unit.unit_code}
        lines = {"一、本年新收": new, "四、结转下年度继续办理": carried, "三（七）总计": new - carried}
        if new > carried:
            lines["（一）予以公开"] = new - carried
        for item, count in lines.items():
            yield "annual_table3", {**common, "report_item": item, column: count, "total": count}
    for key, item, field, value in (
        ("GAJ", "行政处罚", "decisions", 4210),
        ("GAJ", "行政许可", "decisions", 1960),
        ("SCJGJ", "行政强制", "decisions", 37),
        ("CZJ", "行政事业性收费", "fees", 1280.5),
    ):
        if key in units:
            common = {"measured_at": at, "report_year": last.year, "unit_code": units[key].unit.unit_code}
            yield "annual_table2", {**common, "report_item": item, field: value}
