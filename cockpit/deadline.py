"""依申请公开 due dates, spelled out (《政府信息公开条例》 articles 30–34).

20 working days from receipt, counted from the day after; 20 more when extended; the clock starts anew when a
corrected application arrives; time asking third parties and other organs does not count. Which day is the day
of receipt depends on the way an application came in (article 31).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from cockpit.errors import CockpitError
from cockpit.workdays import Calendar

ANSWER_DAYS = 20  # 第三十三条
EXTENSION_DAYS = 20  # 第三十三条
CORRECTION_NOTICE_DAYS = 7  # 第三十条
THIRD_PARTY_DAYS = 15  # 第三十二条
PARTNER_DAYS = 15  # 第三十四条


@dataclass(frozen=True)
class Arrival:
    """The rule of article 31 for one way of coming in: which date counts, and why."""

    field: str
    date_name: str
    why: str


ARRIVALS: Mapping[str, Arrival] = MappingProxyType(
    {
        "当面": Arrival("submitted_on", "提交日期", "当面提交，以提交之日为收到申请之日"),
        "邮寄": Arrival("signed_on", "签收日期", "以需要签收的邮寄方式提交，以签收之日为收到申请之日"),
        "平信": Arrival(
            "confirmed_on", "确认日期", "以无需签收的平常信函等提交，以与申请人确认之日为收到申请之日"
        ),
        "网络": Arrival("confirmed_on", "确认日期", "通过互联网渠道提交，以双方确认之日为收到申请之日"),
        "传真": Arrival("confirmed_on", "确认日期", "以传真提交，以双方确认之日为收到申请之日"),
    }
)


class ClockError(CockpitError):
    """Dates that contradict each other; `step` is the step of the clock that cannot be worked out."""

    def __init__(self, step: str, message: str) -> None:
        self.step = step
        super().__init__(f"期限算到“{step}”这一步算不下去：{message}。请核对")


@dataclass(frozen=True)
class Step:
    """One line of the calculation; `name` says which step of the clock it is."""

    day: date
    text: str
    name: str = ""


@dataclass(frozen=True)
class Stop:
    """A time that does not count: asking a third party or another organ."""

    name: str
    first: date
    last: date


@dataclass(frozen=True)
class Deadline:
    """The due date, the working days granted, each step, and whether the calendar was provisional."""

    due: date
    workdays: int
    steps: tuple[Step, ...]
    provisional: bool
    stops: tuple[Stop, ...] = ()


def received_day(channel: str | None, dates: Mapping[str, date | None]) -> tuple[date, str]:
    """The day of receipt and the rule it follows, from 提交, 签收 and 确认 dates. Raises ClockError."""
    arrival = ARRIVALS.get(channel or "")
    if arrival is None:
        raise ClockError("收到申请", f"没有写明申请方式，应为{'、'.join(ARRIVALS)}之一")
    found = dates.get(arrival.field)
    if found is None:
        raise ClockError(
            "收到申请", f"申请方式为{channel}，缺少{arrival.date_name}（第三十一条：{arrival.why}）"
        )
    return found, arrival.why


def compute(
    calendar: Calendar,
    received: date,
    *,
    extended: bool = False,
    extended_on: date | None = None,
    third_party: tuple[date, date] | None = None,
    partner: tuple[date, date] | None = None,
    corrected: date | None = None,
    asked: date | None = None,
    why: str = "",
) -> Deadline:
    """The due date of one application. Raises ClockError, which names the step, for dates that contradict.

    `third_party` 征求第三方 and `partner` 征求其他机关 are periods that do not count, days in both only once.
    `asked` is the day the applicant was told to correct; without `corrected` the clock does not run yet.
    """
    calendar.provisional.clear()
    steps = [Step(received, f"{received} 收到申请（第三十一条{'：' + why if why else ''}）", "收到申请")]
    start = _corrected(calendar, received, (asked, corrected), steps)
    due = calendar.add(start, ANSWER_DAYS)
    counted = f"自次日起第 {ANSWER_DAYS} 个工作日为 {due}{_skipped(calendar, start, due)}（第三十三条）"
    steps.append(Step(due, counted, "答复期限"))
    stops = _stops(start, third_party, partner)
    due = _stopped(calendar, due, stops, steps)
    granted = ANSWER_DAYS
    if extended:
        _check_extension(extended_on, start, due)
        granted, due = granted + EXTENSION_DAYS, calendar.add(due, EXTENSION_DAYS)
        steps.append(Step(due, f"经同意延长 {EXTENSION_DAYS} 个工作日，至 {due}（第三十三条）", "延期"))
    if calendar.provisional:
        years = "、".join(map(str, sorted(calendar.provisional)))
        steps.append(Step(due, f"{years} 年放假安排尚未公布，按周一至周五暂算，公布后请复核", "暂算"))
    return Deadline(due, granted, tuple(steps), bool(calendar.provisional), stops)


def _corrected(
    calendar: Calendar, received: date, days: tuple[date | None, date | None], steps: list[Step]
) -> date:
    """Where the count starts: receipt, or receipt of the corrected application."""
    asked, corrected = days
    if asked is None and corrected is None:
        return received
    if corrected is not None and corrected < received:
        raise ClockError("补正", f"收到补正日期 {corrected} 早于收到申请日期 {received}")
    notice = calendar.add(received, CORRECTION_NOTICE_DAYS)
    told = f"一次性告知补正应不晚于 {notice}（{CORRECTION_NOTICE_DAYS} 个工作日，第三十条）"
    if asked is not None:
        told += f"，已于 {asked} 告知" + ("，晚于规定" if asked > notice else "")
    steps.append(Step(notice, told, "补正告知"))
    if corrected is None:
        return received
    steps.append(Step(corrected, f"{corrected} 收到补正，答复期限重新起算（第三十条）", "补正"))
    return corrected


LIMITS: Mapping[str, tuple[int, str, str]] = MappingProxyType(
    {
        "征求第三方意见": (THIRD_PARTY_DAYS, "第三十二条", "由机关依照条例决定是否公开"),
        "征求其他机关意见": (PARTNER_DAYS, "第三十四条", "视为同意公开"),
    }
)


def _stops(
    start: date, third_party: tuple[date, date] | None, partner: tuple[date, date] | None
) -> tuple[Stop, ...]:
    stops = []
    for name, period in zip(LIMITS, (third_party, partner), strict=True):
        if period is None:
            continue
        first, last = period
        if last < first:
            raise ClockError(name, f"征求意见结束日期 {last} 早于开始日期 {first}")
        if first < start:
            raise ClockError(name, f"征求意见开始日期 {first} 早于起算日期 {start}")
        stops.append(Stop(name, first, last))
    return tuple(sorted(stops, key=lambda stop: stop.first))


def _stopped(calendar: Calendar, due: date, stops: Sequence[Stop], steps: list[Step]) -> date:
    """The due date after the stops; a day that lies in two of them is taken out once."""
    taken: set[date] = set()
    for stop in stops:
        days = [stop.first + timedelta(days=n) for n in range((stop.last - stop.first).days + 1)]
        away = [day for day in days if calendar.is_workday(day)]
        fresh = [day for day in away if day not in taken]
        taken.update(fresh)
        due = calendar.add(due, len(fresh))
        twice = len(away) - len(fresh)
        overlap = f"（另有 {twice} 个与前一段重叠，不重复扣除）" if twice else ""
        limit, clause, then = LIMITS[stop.name]
        long = f"；意见应在 {limit} 个工作日内提出，逾期{then}（{clause}）" if len(away) > limit else ""
        text = (
            f"{stop.name} {stop.first} 至 {stop.last}，占 {len(fresh)} 个工作日不计入{overlap}，"
            f"顺延至 {due}（第三十三条{long}）"
        )
        steps.append(Step(due, text, stop.name))
    return due


def _check_extension(told_on: date | None, start: date, due: date) -> None:
    if told_on is not None and not start <= told_on <= due:
        raise ClockError("延期", f"延期告知日期 {told_on} 不在起算日期 {start} 与原期限 {due} 之间")


def _skipped(calendar: Calendar, start: date, end: date) -> str:
    """What the count left out, in words."""
    days = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    holidays = sum(not calendar.is_workday(day) for day in days)
    made_up = sum(calendar.is_workday(day) and day.weekday() >= 5 for day in days)
    more = f"，含 {made_up} 个调休上班日" if made_up else ""
    return f"，跳过 {holidays} 个休息日{more}"
