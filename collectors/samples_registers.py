"""The registers of the demonstration city: in each a few rows of every state, deterministic for one last day."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from cockpit.paths import SHIPPED
from cockpit.tabular import parse_date
from cockpit.workdays import Calendar
from collectors.samples_city import SEED, Actor

Row = tuple[str, dict[str, Any]]
NOTE = "演示数据"


class Stage:
    """The cast by key, the last day and the calendar."""

    def __init__(self, cast: Sequence[Actor], last: date, calendar: Calendar) -> None:
        self.cast, self.last, self.calendar = cast, last, calendar
        self.units = {a.key: a.unit.unit_code for a in cast}
        self.actors = {a.key: a for a in cast}

    def ago(self, days: int | None) -> date | None:
        """A day before the last one; negative lies ahead."""
        return None if days is None else self.last - timedelta(days=days)

    def draw(self, name: str) -> random.Random:
        return random.Random(f"{SEED}:{name}")


def register_rows(cast: Sequence[Actor], last: date, calendar: Calendar, at: datetime) -> Iterator[Row]:
    """Rows of all registers, known at `at`."""
    stage = Stage(cast, last, calendar)
    for table, make in TABLES.items():
        for row in make(stage):
            if row.get("unit_code", "") is not None:
                yield table, {"measured_at": at, "note": NOTE, **row}


def _items(s: Stage) -> Iterator[dict[str, Any]]:
    """Items of six units: complete with a channel in order, blank, overdue, without channel, without elements."""
    for key, path, broken in (
        ("FGW", "/gzdt/", ""),
        ("FGW", "/tzgg/", ""),
        ("NYJ", "/tzgg/", ""),
        ("NYJ", "blank/0/", ""),
        ("SWJ", "blank/1/", ""),
        ("JYJ", None, ""),
        ("JYJ", "/zcwj/", "basis"),
        ("RSJ", "/zcjd/", ""),
        ("WXB", None, "time_limit"),
        ("SLJ", "/gzdt/", ""),
        ("MZJ", "/zcwj/", "old"),
    ):
        actor = s.actors.get(key)
        if actor is None:
            continue
        base = actor.site.url.rstrip("/") if actor.site else None
        url = f"{base}/{path.lstrip('/')}" if base and path else None
        row = {
            "item_code": f"演示{key}-S{sum(map(ord, str(path) + broken)):04d}",
            "unit_code": actor.unit.unit_code,
            "tier": "部门",
            "item_name": f"演示事项（{path or '无栏目'}）",
            "content": "标题、文号、正文、附件",
            "basis": "《政府信息公开条例》第二十条",
            "time_limit": "自形成或变更之日起 20 个工作日内",
            "subject_name": actor.unit.unit_name,
            "channels_out": "政府网站",
            "url": url,
            "valid_from": s.ago(500),
            "valid_to": s.ago(30) if broken == "old" else None,
        }
        yield {k: v for k, v in row.items() if k != broken}


DOCUMENTS = (
    # key, title, issued ago, expires ago, ended ago, labelled, still shown
    ("ZFB", "规章", "演示市政府规章", 900, None, None, True, True),
    ("FGW", "行政规范性文件", "演示办法一", 700, -400, None, True, True),
    ("FGW", "行政规范性文件", "演示办法二", 1900, 20, None, False, True),
    ("CZJ", "行政规范性文件", "演示办法三", 1500, -60, None, True, True),
    ("CZJ", "行政规范性文件", "演示办法四", 200, -1500, None, True, True),
    ("RSJ", "行政规范性文件", "演示办法五", 1200, None, 100, True, False),
    ("SFJ", "行政规范性文件", "演示办法六", 300, -1400, None, False, True),
    ("YSQ", "行政规范性文件", "演示办法七", 260, -1200, None, None, None),
    ("FYX", "行政规范性文件", "演示办法八", 150, -1500, None, True, False),
)


def _documents(s: Stage) -> Iterator[dict[str, Any]]:
    for n, (key, kind, title, issued, expires, ended, label, shown) in enumerate(DOCUMENTS, 1):
        yield {
            "doc_no": f"演示发〔{s.last.year}〕{n}号",
            "unit_code": s.units.get(key),
            "document_kind": kind,
            "title": title,
            "issued_on": s.ago(issued),
            "expires_on": s.ago(expires),
            "ended_on": s.ago(ended),
            "label_shown": label,
            "still_shown": shown,
            "checked_on": s.ago(15),
        }


POLICIES = (
    # key, issued ago, disclosure, consult, public interest, sought, needs, drafted, approved, interpreted after, form, fiscal, platform
    ("GXJ", 40, "主动公开", True, True, True, True, True, True, 0, "图文", True, True),
    ("GXJ", 90, "主动公开", True, False, None, True, True, True, 12, "文字", True, False),
    ("RSJ", 60, "主动公开", True, True, True, True, True, True, 1, "视频动画", False, None),
    ("RSJ", 2, "主动公开", True, True, True, True, True, True, None, None, False, None),
    ("SWJ", 35, None, False, False, None, False, None, None, None, None, False, None),
    ("WGXLJ", 80, "主动公开", True, False, None, True, False, True, 3, "图表", False, None),
    ("JYJ", 30, "主动公开", False, True, False, True, True, True, 2, "新闻发布会", False, None),
    ("CZJ", 25, "依申请公开", True, False, None, False, None, None, None, None, False, None),
    ("YSQ", 50, "主动公开", True, False, None, True, True, True, None, None, True, True),
)


def _policies(s: Stage) -> Iterator[dict[str, Any]]:
    names = (
        "disclosure", "consult_told", "public_interest", "opinions_sought", "needs_interpretation",
        "drafted_together", "approved_together", "interpreted_on", "interpretation_form", "fiscal", "paid_by_platform",
    )  # fmt: skip
    for n, (key, issued, *values) in enumerate(POLICIES, 1):
        row = dict(zip(names, values, strict=True))
        row["interpreted_on"] = (
            s.ago(issued - row["interpreted_on"]) if row["interpreted_on"] is not None else None
        )
        yield {
            "doc_no": f"演示策〔{s.last.year}〕{n}号",
            "unit_code": s.units.get(key),
            "title": f"演示政策文件{n}",
            "issued_on": s.ago(issued),
            **row,
        }


def _interpreters(s: Stage) -> Iterator[dict[str, Any]]:
    """Every department has one, but for three: nobody, not published, left without a successor."""
    for key, unit in s.units.items():
        if key in {"YSQ", "FYX", "GXQ", "XNH", "WXB", "TKJT", "STGS", "SJJ"}:
            continue
        yield {
            "interpreter_no": f"演示{key}-J1",
            "unit_code": unit,
            "post_name": "政策法规科负责人",
            "contact": "0790-0000000",
            "published_on": None if key == "KJJ" else s.ago(420),
            "left_on": s.ago(30) if key == "TYJ" else None,
        }


def _evaluations(s: Stage) -> Iterator[dict[str, Any]]:
    for key, year, finished in (
        ("GXJ", 0, 40),
        ("RSJ", 0, None),
        ("SWJ", -1, 380),
        ("WGXLJ", -1, 320),
        ("YSQ", 0, 100),
    ):
        yield {
            "review_no": f"演示{key}-P{s.last.year + year}",
            "unit_code": s.units.get(key),
            "report_year": s.last.year + year,
            "policy_title": "演示惠企政策",
            "review_method": "征集调查",
            "started_on": min(
                d for d in (s.ago((finished or 20) + 30), date(s.last.year + year, 12, 1)) if d
            ),
            "finished_on": s.ago(finished),
        }


def _zones(s: Stage) -> Iterator[dict[str, Any]]:
    basics = ("can_read", "can_apply", "can_serve", "can_show")
    for key, opened, planned, lost in (
        ("YSQ", 800, 830, ()),
        ("FYX", 300, 310, ("can_serve",)),
        ("GXQ", None, -40, ()),
    ):
        more = dict.fromkeys(("can_explain", "can_coach", "can_demo", "has_window"), key == "YSQ")
        yield {
            "zone_no": f"演示{key}-Z1",
            "unit_code": s.units.get(key),
            "zone_name": "演示政务公开专区",
            "planned_on": s.ago(planned),
            "opened_on": s.ago(opened),
            **({n: n not in lost for n in basics} | more if opened else {}),
        }


def _quarterlies(s: Stage) -> Iterator[dict[str, Any]]:
    """The last three quarters and the running one."""
    index = s.last.year * 4 + (s.last.month - 1) // 3
    for back in range(4):
        year, number = divmod(index - back, 4)
        end = date(year + (number + 1) // 4, (number + 1) % 4 * 3 + 1, 1) - timedelta(days=1)
        for key, kind, days in (
            ("ZFB", "政府工作报告重点任务", 12),
            ("FGW", "民生实事项目", 20),
            ("YSQ", "民生实事项目", 45),
            ("FYX", "民生实事项目", None if back == 1 else 10),
        ):
            published = end + timedelta(days=days) if days and back else None
            yield {
                "unit_code": s.units.get(key),
                "quarter": f"{year}Q{number + 1}",
                "report_kind": kind,
                "published_on": published if published and published <= s.last else None,
            }


def shipped_tasks(year: int) -> list[dict[str, Any]]:
    """The tasks of the document; for the demonstration their dates are moved to its year."""
    path = SHIPPED / "registry" / "tasks.csv"
    names = (
        "task_code",
        "clause_no",
        "task_title",
        "task_text",
        "responsible",
        "unit_codes",
        "period",
        "due_on",
        "due_basis",
        "note",
    )
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [dict(zip(names, line, strict=True)) for line in list(csv.reader(file))[1:]]
    for row in rows:
        due = parse_date(row["due_on"])
        row["due_on"] = due.replace(year=due.year + year - 2023)
    return rows


def _tasks(s: Stage) -> Iterator[dict[str, Any]]:
    for row in shipped_tasks(s.last.year):
        first = date(s.last.year, 8, 7)
        due = s.calendar.add(first, 20) if row["task_code"] == "六-五-a" else row["due_on"]
        yield {**row, "due_on": due, "note": "演示数据：期限已平移到演示年度"}


def _progress(s: Stage) -> Iterator[dict[str, Any]]:
    known = set(s.units.values())
    for row in _tasks(s):
        for unit in str(row["unit_codes"]).split("|"):
            draw = s.draw(f"task:{row['task_code']}:{unit}")
            if unit not in known or draw.random() < 0.5:
                continue
            over = row["due_on"] < s.last
            done = draw.random() < (0.9 if over else 0.35)
            finished = (
                min(s.last, row["due_on"]) - timedelta(days=draw.randint(-6 if over else 0, 50))
                if done
                else None
            )
            yield {
                "task_code": row["task_code"],
                "unit_code": unit,
                "filed_on": None if draw.random() < 0.08 else date(s.last.year, 8, draw.randint(10, 31)),
                "percent": 100 if done else draw.choice((10, 30, 50, 60, 80)),
                "finished_on": min(finished, s.last) if finished else None,
                "evidence": "演示佐证" if done else None,
            }


def _commendations(s: Stage) -> Iterator[dict[str, Any]]:
    for n, (key, kind, ago, by, done) in enumerate(
        (("MZJ", "表扬", 90, None, None), ("TYJ", "通报批评", 40, 20, None), ("NYJ", "约谈", 30, -3, None),
         ("SWJ", "责令整改", 80, 60, 65), ("CGJ", "通报批评", 70, 50, 30)), 1,
    ):  # fmt: skip
        yield {
            "record_no": f"演示奖{n:02d}",
            "unit_code": s.units.get(key),
            "commend_kind": kind,
            "decided_on": s.ago(ago),
            "decided_by": "市政府办（演示）",
            "matter": "演示事由",
            "rectify_by": s.ago(by),
            "rectified_on": s.ago(done),
        }


def _incidents(s: Stage) -> Iterator[dict[str, Any]]:
    """One account that is vetoed anyway, and one site whose case was put right long ago."""
    for n, (key, of_site, kind, ago, done) in enumerate(
        (("SCJGJ", False, "严重负面舆情", 0, None), ("JTYSJ", True, "安全事故处置不力", 120, 100)), 1
    ):
        actor = s.actors.get(key)
        if actor is None or not (actor.site if of_site else actor.accounts):
            continue
        yield {
            "incident_no": f"演示严{n:02d}",
            "unit_code": actor.unit.unit_code,
            "site_code": actor.site.site_code if of_site and actor.site else None,
            "account_code": None if of_site else actor.accounts[0].account_code,
            "incident_kind": kind,
            "happened_on": s.ago(ago + 2),
            "confirmed_on": s.ago(ago),
            "confirmed_by": "主管机关（演示）",
            "matter": "演示事由",
            "rectified_on": s.ago(done),
        }


def _opinions(s: Stage) -> Iterator[dict[str, Any]]:
    for n, (key, found, grade, judged, answered, closed) in enumerate(
        (("GAJ", 60, "一般", 60, 58, 50), ("CGJ", 40, "较大", 39, 30, 20), ("STHJJ", 20, "重大", 20, 19, None),
         ("JTYSJ", 12, "一般", 11, None, None), ("WJW", 1, "较大", 1, None, None)), 1,
    ):  # fmt: skip
        yield {
            "opinion_no": f"演示舆{n:02d}",
            "unit_code": s.units.get(key),
            "found_on": s.ago(found),
            "topic": f"演示议题{n}",
            "opinion_grade": grade,
            "judged_on": s.ago(judged),
            "responded_on": s.ago(answered),
            "closed_on": s.ago(closed),
        }


def _account_events(s: Stage) -> Iterator[dict[str, Any]]:
    """Every account is filed but one; one filing is late, one is under way; of the closed ones one is deregistered."""
    for actor in s.cast:
        for account in actor.accounts:
            if actor.key == "SLJ":
                continue
            applied = s.ago(8 if actor.key == "KJJ" else 880)
            yield {
                "event_no": f"{account.account_code}-1",
                "account_code": account.account_code,
                "event_kind": "备案",
                "applied_on": applied,
                "approved_on": None if actor.key == "KJJ" else s.ago(830 if actor.key == "SJJ" else 875),
                "approved_by": "市政府办（演示）",
            }


def _account_checks(s: Stage) -> Iterator[dict[str, Any]]:
    boards = (
        "board_disclosure",
        "board_service",
        "board_interaction",
        "board_interpretation",
        "interaction_works",
    )
    faults: Mapping[str, dict[str, Any]] = {
        "CGJ": {"board_interaction": False, "interaction_works": False},
        "MZJ": {"like_found": True},
        "TYJ": {"vote_found": True, "rectified_on": s.ago(5)},
        "NYJ": {"board_service": False},
        "ZFB": {"board_interpretation": False},
    }
    for actor in s.cast:
        for account in actor.accounts:
            common = {"account_code": account.account_code, "checked_on": s.ago(20)}
            clean = {**dict.fromkeys(boards, True), "vote_found": False, "like_found": False}
            mine = faults.get(actor.key, {}) if account.platform == "微信公众号" else {}
            yield {**common, **clean, **mine}


TABLES: Mapping[str, Callable[[Stage], Iterator[dict[str, Any]]]] = MappingProxyType(
    {
        "disclosure_item": _items,
        "normative_document": _documents,
        "policy_document": _policies,
        "interpreter": _interpreters,
        "policy_review": _evaluations,
        "public_zone": _zones,
        "quarterly_report": _quarterlies,
        "clause_task": _tasks,
        "task_progress": _progress,
        "commendation": _commendations,
        "serious_incident": _incidents,
        "opinion_event": _opinions,
        "account_event": _account_events,
        "account_check": _account_checks,
    }
)
