"""依申请公开 due dates, spelled out (《政府信息公开条例》 articles 30–33).

20 working days from receipt, counted from the day after; 20 more when extended; the clock starts anew when a
corrected application arrives; time asking third parties and other organs does not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from cockpit.errors import CockpitError
from cockpit.workdays import Calendar

ANSWER_DAYS = 20  # 第三十三条
EXTENSION_DAYS = 20  # 第三十三条
CORRECTION_NOTICE_DAYS = 7  # 第三十条
THIRD_PARTY_DAYS = 15  # 第三十二条


@dataclass(frozen=True)
class Step:
    """One line of the calculation."""

    day: date
    text: str


@dataclass(frozen=True)
class Deadline:
    """The due date, the working days granted, each step, and whether the calendar was provisional."""

    due: date
    workdays: int
    steps: tuple[Step, ...]
    provisional: bool


def compute(
    calendar: Calendar,
    received: date,
    *,
    extended: bool = False,
    third_party: tuple[date, date] | None = None,
    corrected: date | None = None,
) -> Deadline:
    """The due date of one application. Raises CockpitError for dates that contradict each other."""
    if corrected and corrected < received:
        raise CockpitError(f"收到补正日期 {corrected} 早于收到申请日期 {received}。请核对")
    start = corrected or received
    if third_party and third_party[1] < third_party[0]:
        raise CockpitError(f"征求意见结束日期 {third_party[1]} 早于开始日期 {third_party[0]}。请核对")
    if third_party and third_party[0] < start:
        raise CockpitError(f"征求意见开始日期 {third_party[0]} 早于起算日期 {start}。请核对")
    calendar.provisional.clear()
    steps = [Step(received, f"{received} 收到申请（第三十一条）")]
    if corrected:
        notice = calendar.add(received, CORRECTION_NOTICE_DAYS)
        steps.append(
            Step(notice, f"一次性告知补正应不晚于 {notice}（{CORRECTION_NOTICE_DAYS} 个工作日，第三十条）")
        )
        steps.append(Step(corrected, f"{corrected} 收到补正，答复期限重新起算（第三十条）"))
    granted = ANSWER_DAYS
    due = calendar.add(start, granted)
    steps.append(
        Step(due, f"自次日起第 {ANSWER_DAYS} 个工作日为 {due}{_skipped(calendar, start, due)}（第三十三条）")
    )
    if third_party:
        away = calendar.between(third_party[0] - timedelta(days=1), third_party[1])
        due = calendar.add(due, away)
        steps.append(
            Step(
                due,
                f"征求意见 {third_party[0]} 至 {third_party[1]}，占 {away} 个工作日不计入，顺延至 {due}（第三十三条）",
            )
        )
    if extended:
        granted += EXTENSION_DAYS
        due = calendar.add(due, EXTENSION_DAYS)
        steps.append(Step(due, f"经同意延长 {EXTENSION_DAYS} 个工作日，至 {due}（第三十三条）"))
    provisional = bool(calendar.provisional)
    if provisional:
        years = "、".join(map(str, sorted(calendar.provisional)))
        steps.append(Step(due, f"{years} 年放假安排尚未公布，按周一至周五暂算，公布后请复核"))
    return Deadline(due, granted, tuple(steps), provisional)


def _skipped(calendar: Calendar, start: date, end: date) -> str:
    """What the count left out, in words."""
    days = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    holidays = sum(not calendar.is_workday(day) for day in days)
    made_up = sum(calendar.is_workday(day) and day.weekday() >= 5 for day in days)
    more = f"，含 {made_up} 个调休上班日" if made_up else ""
    return f"，跳过 {holidays} 个休息日{more}"
