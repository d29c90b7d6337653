"""The parts of 错敏与隐私: numbers, kinds, age, list, what people said of the rules, attachments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from cockpit.appraise.marking import MARKS, SCOPES
from cockpit.appraise.review import Review, load_review
from cockpit.causes import causes
from cockpit.store.queries import collection, content
from cockpit.ui import data, html, numbers, paging, tips, words

GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "critical": "严重表述错误",
        "general": "一般错误",
        "privacy": "隐私泄露",
        "review": "待复核",
        "false_alarm": "误报",
        "confirmed": "人工确认属实",
        "open": "全部未改问题",
    }
)
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "wording.typo": "错别字",
        "wording.formulation": "固定表述",
        "wording.title": "称谓职务",
        "wording.institution": "机构名称",
        "wording.legal": "法律用语",
        "wording.discouraged": "不宜用词",
        "wording.spam": "垃圾信息",
        "privacy.id_card": "身份证号",
        "privacy.mobile": "手机号",
        "privacy.bank_card": "银行卡号",
        "privacy.home_address": "家庭住址",
        "privacy.plate": "车牌号",
        "privacy.passport": "护照号",
    }
)
SEVERITIES: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "critical": ("red", "▲", "严重"),
        "high": ("orange", "◆", "较重"),
        "medium": ("yellow", "■", "一般"),
        "low": ("blue", "●", "低"),
    }
)
AGES: Mapping[str, tuple[str, int, int]] = MappingProxyType(
    {
        "week": ("7 天以内", 0, 7),
        "fortnight": ("8—14 天", 7, 14),
        "month": ("15—30 天", 14, 30),
        "old": ("超过 30 天", 30, 100_000),
    }
)
STATES = {"read": "✓ 已检", "partial": "■ 部分已检", "unmeasured": "— 未检"}
LATE_DAYS, SHOWN = 7, 12
SMALL_SAMPLE = 30  # 项目默认: a share of fewer is told as a fraction


@dataclass(frozen=True)
class Filters:
    """What the address asks for; None = everything."""

    unit: str | None
    kind: str | None
    group: str | None
    age: str | None = None

    def address(self, **changes: Any) -> str:
        kept = {"unit": self.unit, "kind": self.kind, "group": self.group, "age": self.age}
        return html.link("content", **(kept | changes))


def kind_name(kind: str) -> str:
    return KINDS.get(kind, kind)


def review() -> Review:
    return load_review(data.data().rules)


def days(row: Mapping[str, Any]) -> int:
    """Whole days a finding has stood."""
    return max(0, (data.now() - row["first_seen"]).days)


def rows(filters: Filters) -> list[dict[str, Any]]:
    """The findings the address asks for."""
    found = data.ask(content.listed, group=filters.group or "open", unit=filters.unit, kind=filters.kind)
    if filters.age not in AGES:
        return found
    _, low, high = AGES[filters.age]
    return [r for r in found if low < max(1, days(r)) <= high]


def lead(filters: Filters) -> str:
    """One sentence: what is wrong, what is old, what nobody could read."""
    n = data.ask(content.counts, unit=filters.unit, kind=filters.kind)
    late = sum(
        days(r) > LATE_DAYS
        for r in data.ask(content.listed, group="open", unit=filters.unit, kind=filters.kind)
    )
    mended = data.ask(content.repair, at=data.now(), unit=filters.unit)
    unread = [a for a in data.ask(content.attachments, unit=filters.unit) if a["state"] != "read"]
    looked = data.ask(content.looked, unit=filters.unit)
    if not n["open"]:
        head = "没有未改的错敏和隐私问题。"
    else:
        red = f"，其中 <b>严重表述错误 {n['critical']} 处（单项否决）</b>" if n["critical"] else ""
        head = f"现有 {n['open']} 处未改{red}；隐私泄露 {n['privacy']} 处。"
        head += f"<b>{late} 处超过 {LATE_DAYS} 天没有改</b>。" if late else f"没有超过 {LATE_DAYS} 天未改的。"
    speed = f"近 30 天改好 {mended['gone']} 处，中位用时 {mended['days']:.0f} 天。" if mended["gone"] else ""
    seen = f"已检 {looked['sites']} 个网站 {numbers.full(looked['pages'])} 页，最近一次 {numbers.moment(looked['at'])}。"
    files = f"附件 {len(unread)} 个没读全，不能算没有问题。" if unread else ""
    return head + speed + seen + files + _stale(filters.unit)


def _stale(unit: str | None) -> str:
    """The sites of the count that the newest patrol did not reach."""
    missed = {
        g["site_name"]
        for g in data.ask(collection.gaps)
        if g["aspect"] in {"wording", "privacy"} and unit in {None, g["unit_code"]}
    }
    if not missed:
        return ""
    names = html.e("、".join(sorted(missed)[:3]))
    why = html.anchor("看原因", html.link("collection", aspect="wording"))
    return f"<br>— 其中 {len(missed)} 个网站（{names}）最近没有采到，仍按上次采到的算：{why}"


def kpis(filters: Filters) -> str:
    n = data.ask(content.counts, unit=filters.unit, kind=filters.kind)
    said = data.ask(content.said, at=data.now(), days=review().window_days)
    judged = sum(r["confirmed"] + r["false_alarms"] for r in said)
    wrong = sum(r["false_alarms"] for r in said)
    share = (
        f"近 {review().window_days} 天人工结论 {judged} 条，误报 {wrong} 条" if judged else "还没有人工结论"
    )
    unread = sum(a["state"] != "read" for a in data.ask(content.attachments, unit=filters.unit))
    notes = {
        "critical": "触发单项否决",
        "general": "错别字、机构、称谓、用词",
        "privacy": "已脱敏显示，原文不入库",
        "review": "把握不大或规则已降级，不预警不扣分",
        "false_alarm": share,
    }
    cells = [
        html.Kpi(GROUPS[key], f"{n[key]}", "处", note, filters.address(group=key, age=None))
        for key, note in notes.items()
    ]
    cells.append(
        html.Kpi(
            "附件没读全",
            f"{unread}",
            "个",
            "扫描、加密、格式不支持等",
            filters.address(show="attachments", state="unread", group=None),
        )
    )
    return html.kpis(cells, tips.of("content"))


def by_kind(filters: Filters) -> str:
    found = data.ask(content.by_kind, at=data.now(), unit=filters.unit)
    head = html.title("按种类", "现有处数；竖线为 30 天前；不含误报和待复核")
    if not found:
        return head + html.state("good", "✓ 没有未改的问题。")
    bars = [
        html.Bar(
            kind_name(r["kind"]),
            r["now"],
            r["before"],
            filters.address(kind=r["kind"], group="open", age=None),
        )
        for r in found
    ]
    return head + html.bars(bars)


def by_age(filters: Filters) -> str:
    """How long findings have stood; beyond a week somebody has to ask why."""
    found = data.ask(content.listed, group="open", unit=filters.unit, kind=filters.kind)
    counted = Counter(
        next(k for k, (_, low, high) in AGES.items() if low < max(1, days(r)) <= high) for r in found
    )
    late = sum(n for key, n in counted.items() if key != "week")
    bars = [
        html.Bar(name, counted[key], None, filters.address(group="open", age=key))
        for key, (name, _, _) in AGES.items()
    ]
    return html.title(f"超 {LATE_DAYS} 天未改", f"{late} 处；按首次发现至今的天数") + html.bars(bars)


def severity(row: Mapping[str, Any]) -> str:
    level, mark, word = SEVERITIES[row["severity"] or "low"]
    return f'<span class="ck-badge {level}">{mark}{word}</span>'


def snippet(row: Mapping[str, Any]) -> str:
    """The masked surroundings with the hit underlined, and how it should read."""
    around, hit = html.e(row["excerpt"] or row["text"]), html.e(row["text"])
    shown = around.replace(hit, f"<u><b>{hit}</b></u>", 1) if hit else around
    right = f' <span class="ck-good">→ {html.e(row["suggestion"])}</span>' if row["suggestion"] else ""
    return shown + right


def place(row: Mapping[str, Any]) -> str:
    """Page or attachment with the place in it."""
    where = html.outside(row["page_url"])
    return where + (f"<br><span class='muted'>{html.e(row['place'])}</span>" if row["place"] else "")


def listing(filters: Filters, found: list[dict[str, Any]]) -> str:
    group = filters.group or "open"
    shown = found if filters.group or filters.age or filters.kind else found[:SHOWN]
    note = f"{len(found)} 处" + (
        f"，先列最严重、最久的 {len(shown)} 处；" + "点上面的数字看全部" if len(shown) < len(found) else ""
    )
    head = html.title(GROUPS[group], note)
    if not found:
        return (
            head
            + html.state("good", f"✓ 没有{GROUPS[group]}。")
            + html.anchor("清除筛选", html.link("content"), "ck-chip")
        )
    columns = [
        html.Column("级别", severity),
        html.Column("种类", lambda r: html.e(kind_name(r["kind"])), "nw"),
        html.Column("片段（个人信息已脱敏）", snippet, "full"),
        html.Column("页面与位置", place, "full"),
        html.Column("责任单位", lambda r: html.e(r["short_name"] or "—"), "nw"),
        html.Column("首次发现", lambda r: numbers.moment(r["first_seen"])[:10], "ck-hide nw"),
        html.Column("已存在", lambda r: f"{days(r)} 天", "num key"),
    ]
    if group == "review":
        columns.append(html.Column("为什么待复核", lambda r: WHY.get(r["why"] or "low", "—")))
    more = (
        html.anchor(f"看全部 {len(found)} 处 →", filters.address(group="open"), "ck-chip")
        if len(shown) < len(found)
        else ""
    )
    columns.append(
        html.Column(
            "操作", lambda r: html.anchor("看证据、复核", filters.address(evidence=r["finding_id"])), "nw"
        )
    )
    return head + paging.table(columns, shown, css="stack") + more


WHY = {"low": "检测器把握不大", "dropped": "规则准确率低于下限，已降级"}


def precision() -> str:
    """Confirmed against 误报 per rule, and which rule has dropped for it."""
    settings = review()
    found = data.ask(content.said, at=data.now(), days=settings.window_days)
    head = html.title(
        "规则准确率",
        f"近 {settings.window_days} 天的人工结论；满 {settings.least_marks} 条且低于下限的规则自动降级，只进复核队列（项目默认）",
    )
    if not found:
        return head + html.state(
            "", "还没有人工结论。在证据抽屉里点“属实”或“误报”，这里就会算出每条规则的准确率。"
        )

    def marks(field: str) -> Callable[[dict[str, Any]], str]:
        what = {"confirmed": "confirmed", "false_alarms": "false_alarm"}[field]
        return lambda r: html.anchor(str(r[field]), html.link("content", rule=r["rule"], mark=what))

    columns = [
        html.Column("规则", lambda r: html.e(rule_name(r["rule"])), "full"),
        html.Column("种类", lambda r: html.e(kind_name(r["kind"])), "nw ck-hide"),
        html.Column("属实", marks("confirmed"), "num key"),
        html.Column("误报", marks("false_alarms"), "num key"),
        html.Column("准确率", lambda r: _share(r, settings), "num key"),
        html.Column("下限", lambda r: f"{settings.floor_of(r['kind']):.0%}", "num ck-hide"),
        html.Column("状态", lambda r: _standing(r, settings), "nw"),
    ]
    return head + paging.table(columns, found, css="stack")


def rule_name(rule: str) -> str:
    """A rule as people read it: kind and text."""
    kind, _, text = rule.partition(":")
    name = (
        KINDS.get(f"wording.{kind}")
        or KINDS.get(f"privacy.{kind}")
        or {"name": "人名"}.get(kind)
        or words.RULES.get(kind, kind)
    )
    return f"{name}：{text}" if text else name


def _share(row: Mapping[str, Any], settings: Review) -> str:
    """A share of so few that a decimal would pretend is told as a fraction."""
    said = row["confirmed"] + row["false_alarms"]
    told = f"{row['confirmed']}/{said}"
    if said < settings.least_marks:
        return f'<span class="muted">{told}，样本不足</span>'
    return told if said < SMALL_SAMPLE else f"{int(row['share'] * 1000) / 10:.1f}%（{told}）"


def _standing(row: Mapping[str, Any], settings: Review) -> str:
    if row["dropped_at"]:
        return f'<span class="ck-badge orange">◆已降级</span> {numbers.moment(row["dropped_at"])[5:]} 起'
    if row["confirmed"] + row["false_alarms"] < settings.least_marks:
        return '<span class="muted">不评级</span>'
    return '<span class="ck-badge ok">✓正常</span>'


def marks(rule: str, what: str | None) -> str:
    """The marks behind one number of the precision table."""
    since = data.now() - timedelta(days=review().window_days)
    found = [m for m in data.ask(content.marks_of_rule, rule=rule, since=since) if what in {None, m["mark"]}]
    columns = [
        html.Column("时间", lambda r: numbers.moment(r["marked_at"]), "nw"),
        html.Column("结论", lambda r: MARKS[r["mark"]], "nw"),
        html.Column("文字", lambda r: html.e(r["target"])),
        html.Column("责任单位", lambda r: html.e(r["unit_name"] or "—"), "nw"),
        html.Column("范围", lambda r: SCOPES[r["scope"]], "ck-hide"),
        html.Column("理由", lambda r: html.e(r["reason"] or "—"), "full"),
        html.Column("有效期", lambda r: numbers.iso(r["until"]) if r["until"] else "—", "ck-hide nw"),
        html.Column("谁", lambda r: html.e(r["actor"]), "nw"),
        html.Column(
            "证据",
            lambda r: html.anchor(
                "看证据", html.link("content", rule=rule, mark=what, evidence=r["finding_id"])
            ),
            "nw",
        ),
    ]
    word = MARKS.get(what or "", "人工结论")
    return html.title(f"{rule_name(rule)}：{word}", f"{len(found)} 条") + html.table(
        columns, found, css="stack"
    )


def attachments(filters: Filters, state: str | None) -> str:
    """Attachments by state; unread ones with what to do."""
    found = data.ask(content.attachments, unit=filters.unit)
    shown = [a for a in found if state is None or (a["state"] != "read") == (state == "unread")]
    title = {None: "全部附件", "unread": "没读全的附件", "read": "已检的附件"}[state]
    table = causes()
    columns = [
        html.Column("状态", lambda a: STATES[a["state"]], "nw"),
        html.Column("责任单位", lambda a: html.e(a["unit_name"] or "—"), "nw"),
        html.Column("附件", lambda a: html.outside(a["url"], a["text"] or a["url"]), "full"),
        html.Column(
            "为什么", lambda a: html.e(table[a["cause"]].meaning) if a["cause"] in table else "—", "full"
        ),
        html.Column(
            "怎么办", lambda a: html.e(table[a["cause"]].remedy) if a["cause"] in table else "—", "ck-hide"
        ),
        html.Column(
            "字数", lambda a: numbers.full(a["characters"]) if a["characters"] else "—", "num ck-hide"
        ),
        html.Column("所在页", lambda a: html.outside(a["source"], "打开"), "nw ck-hide"),
    ]
    return html.title(title, f"{len(shown)} 个") + paging.table(columns, shown, css="stack")


def attachment_summary(filters: Filters) -> str:
    found = data.ask(content.attachments, unit=filters.unit)
    if not found:
        return html.title("附件") + html.state("none", "— 还没有巡查到附件。")
    read = sum(a["state"] == "read" for a in found)
    table = causes()
    told = "、".join(
        f"{table[cause].label} {n} 个" if cause in table else f"其他 {n} 个"
        for cause, n in Counter(a["cause"] for a in found if a["state"] != "read").most_common()
    )
    parts = [
        html.anchor(f"<b>已检 {read} 个</b>", filters.address(show="attachments", state="read", group=None)),
        html.anchor(
            f"没读全 {len(found) - read} 个", filters.address(show="attachments", state="unread", group=None)
        ),
    ]
    return html.title("附件", f"{len(found)} 个：PDF、Word、Excel、WPS、ZIP、文本") + html.state(
        "", "　".join(parts) + (f"（{html.e(told)}）" if told else "")
    )
