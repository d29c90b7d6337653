"""Sites and their days: the veto share, 90 days as a strip, and who is out of reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from cockpit.causes import causes
from cockpit.store.queries import availability
from cockpit.ui import data, html, numbers, paging

C = html.Column

DAYS, WINDOW, WORST = 90, 7, 10
AXIS = 0.06  # the bullet's axis ends at 6 %
PERIODS = {"7": "近 7 天", "30": "近 30 天", "90": "近 90 天"}
Rows = Sequence[Mapping[str, Any]]


def sites(unit: str | None) -> list[dict[str, Any]]:
    """Every site; `few` says that its visits are too few to be judged, as in scoring."""
    rows = data.ask(availability.sites, at=data.now(), day=data.today(), days=DAYS, window=WINDOW, unit=unit)
    return [{**row, "few": (row["window_visits"] or 0) < least()} for row in rows]


def least() -> int:
    """Visits below which no share is judged."""
    return max(1, data.rules().indicators["V-W-02"].least_samples or 1)


def limits() -> tuple[float, float]:
    """Warning line and veto line of the failed share."""
    rule = data.rules().indicators["V-W-02"]
    return rule.warn or 1.0, rule.veto or 1.0


def down(rows: Rows) -> list[Mapping[str, Any]]:
    return [r for r in rows if r["measured"] and not r["ok"]]


def unmeasured(rows: Rows) -> list[Mapping[str, Any]]:
    return [r for r in rows if not r["measured"]]


def reached(rows: Rows, limit: float) -> list[Mapping[str, Any]]:
    """Sites judged to be at a line or over it."""
    return [r for r in rows if not r["few"] and r["window_share"] is not None and r["window_share"] >= limit]


def cause(code: str | None) -> str:
    return html.e(causes()[code].label if code in causes() else "没有说明原因")


def strips(rows: Rows, unit: str | None) -> str:
    """Sites with their 90 days; every cell says its day, how many visits opened, and whether it was measured."""
    if not rows:
        return html.state("", "没有符合条件的网站。" + html.anchor("清除筛选", html.link("availability")))
    found = _by_site(unit)
    span = [data.today() - timedelta(days=n) for n in range(DAYS - 1, -1, -1)]
    columns = [
        C(
            "网站",
            lambda r: (
                html.anchor(html.e(r["name"]), html.link("unit", unit=r["unit_code"]), "ck-plain") + _now(r)
            ),
            "full nw",
        ),
        C(f"近 {DAYS} 天（左旧右新）", lambda r: _strip(r, found.get(r["site_code"], {}), span), "full wide"),
        C("可用率", lambda r: numbers.percent(r["rate"], 1.0, 2), "num key"),
        C("今日", _today, "num key"),
        C(f"近 {WINDOW} 天打不开", _share, "full"),
        C("次数", lambda r: _failed(r, unit), "num key"),
        C("打开（95 分位）", lambda r: "—" if r["p95"] is None else f"{r['p95']:.1f} 秒", "num key"),
    ]
    return paging.table(columns, rows, css="stack ck-uptime")


def _by_site(unit: str | None) -> dict[str, dict[date, Mapping[str, Any]]]:
    found: dict[str, dict[date, Mapping[str, Any]]] = {}
    for r in data.ask(availability.days, day=data.today(), days=DAYS, unit=unit):
        found.setdefault(r["site_code"], {})[r["day"]] = r
    return found


def short_strips(rows: Rows) -> str:
    """For the wall: name and state, 90 days, share against the veto line."""
    found = _by_site(None)
    span = [data.today() - timedelta(days=n) for n in range(DAYS - 1, -1, -1)]
    columns = [
        C("网站", lambda r: html.e(r["name"]) + _now(r), "nw"),
        C(f"近 {DAYS} 天", lambda r: _strip(r, found.get(r["site_code"], {}), span), "wide"),
        C(f"近 {WINDOW} 天打不开", _share_text, "num"),
    ]
    return html.table(columns, rows)


def legend() -> str:
    _, veto = limits()
    return (
        '<div class="ck-legend"><span><i class="ck-cell"></i>全部打开</span><span><i class="ck-cell p"></i>部分打不开</span>'
        f'<span><i class="ck-cell f"></i>当日打不开达 {veto:.0%}</span><span><i class="ck-cell u"></i>未监测</span></div>'
    )


def _now(row: Mapping[str, Any]) -> str:
    if row["measured"] and not row["ok"]:
        return (
            f'<br><span class="ck-badge red">▲ 打不开</span> <span class="muted">{cause(row["cause"])}</span>'
        )
    if not row["measured"]:
        return f'<br><span class="ck-badge none">— 未采集</span> <span class="muted">{cause(row["cause"] or "not_due")}</span>'
    return ""


def _strip(row: Mapping[str, Any], found: Mapping[date, Mapping[str, Any]], span: Sequence[date]) -> str:
    """The days of a site; neighbours with the same answer are one piece, which keeps 100 sites quick to draw."""
    pieces: list[tuple[str, str, list[date]]] = []
    for day in span:
        css, said = _day(found.get(day))
        if not pieces or pieces[-1][:2] != (css, said):
            pieces.append((css, said, []))
        pieces[-1][2].append(day)
    cells = "".join(
        f'<i class="{css}" style="--n:{len(days)}" title="{_span(days)} {said}"></i>'
        for css, said, days in pieces
    )
    gaps = sum(len(days) for css, _, days in pieces if css == "u")
    told = (
        f"{row['name']}近 {DAYS} 天可用率 {numbers.percent(row['rate'], 1.0, 2)}，打不开 {row['failed'] or 0} 次"
        + (f"，{gaps} 天未监测" if gaps else "")
    )
    return f'<span class="ck-days" role="img" aria-label="{html.e(told)}">{cells}</span>'


def _day(seen: Mapping[str, Any] | None) -> tuple[str, str]:
    """Look and words of one day."""
    if not seen or not seen["visits"]:
        return "u", "未监测"
    _, veto = limits()
    css = "f" if seen["failed"] / seen["visits"] >= veto else "p" if seen["failed"] else ""
    return css, f"打开 {seen['visits'] - seen['failed']}/{seen['visits']} 次"


def _span(days: Sequence[date]) -> str:
    return f"{days[0]}" if len(days) == 1 else f"{days[0]} 至 {days[-1]} 每天"


def _today(row: Mapping[str, Any]) -> str:
    if not row["today_visits"]:
        return '<span class="muted">—</span>'
    return f"{row['today_visits'] - row['today_failed']}/{row['today_visits']}"


def _share(row: Mapping[str, Any]) -> str:
    """Bullet of the veto measure: share against the warning and the veto line."""
    warn, veto = limits()
    if row["window_share"] is None:
        return '<span class="muted">— 未采集，不进分母</span>'
    if row["few"]:
        return f'<span class="muted">— 访问 {row["window_visits"]} 次，满 {least()} 次才评</span>'
    shown = numbers.percent(row["window_share"], veto, 2, higher_is_better=False)
    css = "red" if row["window_share"] >= veto else "orange" if row["window_share"] >= warn else ""
    label = f"打不开占比 {shown}，预警线 {warn:.0%}（项目默认），否决线 {veto:.0%}"
    word = {"red": "▲ 达否决线", "orange": "◆ 达预警线", "": ""}[css]
    return (
        f'<span class="ck-veto" role="img" aria-label="{label}" title="{label}"><i class="{css}" style="width:{min(1.0, row["window_share"] / AXIS) * 100:.1f}%"></i>'
        f'<u style="left:{warn / AXIS * 100:.1f}%"></u><u class="v" style="left:{veto / AXIS * 100:.1f}%"></u></span>'
        f'<b class="ck-share">{shown}</b> <span class="sub">/ {veto:.0%} {word}</span>'
    )


def _share_text(row: Mapping[str, Any]) -> str:
    _, veto = limits()
    if row["few"] or row["window_share"] is None:
        return '<span class="muted">—</span>'
    mark = "▲ " if row["window_share"] >= veto else ""
    return f"{mark}{numbers.percent(row['window_share'], veto, 2, higher_is_better=False)} / {veto:.0%}"


def _failed(row: Mapping[str, Any], unit: str | None) -> str:
    if not row["window_failed"]:
        return "0" if row["window_visits"] else "—"
    return html.anchor(
        f"{row['window_failed']}",
        html.link("availability", show="failures", site=row["site_code"], unit=unit),
    )
