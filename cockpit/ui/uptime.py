"""The parts of 可用性与安全."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from cockpit.causes import causes
from cockpit.store.queries import availability
from cockpit.ui import data, html, numbers

C = html.Column

DAYS, WINDOW, WORST = 90, 7, 10
EXPIRING_DAYS = 30  # 项目默认
AXIS = 0.06  # the bullet's axis ends at 6 %
PERIODS = {"7": "近 7 天", "30": "近 30 天", "90": "近 90 天"}
HEADERS: Mapping[str, str] = {
    "strict-transport-security": "强制 HTTPS",
    "content-security-policy": "内容安全策略",
    "x-frame-options": "禁止嵌套",
    "x-content-type-options": "禁止类型猜测",
    "referrer-policy": "来源策略",
}
KINDS: Mapping[str, str] = {
    "hidden.link": "暗链",
    "hidden.text": "隐藏文字",
    "hidden.script": "外来脚本",
    "hidden.iframe": "外来框架",
    "hidden.cloaking": "因人变脸",
    "hidden.title_hijack": "标题被改",
    "hidden.sold_link": "站内卖链",
    "hidden.external_bad": "外链变异",
}
STATES: Mapping[str, str] = {"new": "待签收", "ack": "已签收", "doing": "处置中", "verify": "待复核"}
Rows = Sequence[Mapping[str, Any]]


def sites(unit: str | None) -> list[dict[str, Any]]:
    return data.ask(availability.sites, at=data.now(), day=data.today(), days=DAYS, window=WINDOW, unit=unit)


def limits() -> tuple[float, float]:
    """Warning line and veto line of the failed share."""
    rule = data.rules().indicators["V-W-02"]
    return rule.warn or 1.0, rule.veto or 1.0


def down(rows: Rows) -> list[Mapping[str, Any]]:
    return [r for r in rows if r["measured"] and not r["ok"]]


def unmeasured(rows: Rows) -> list[Mapping[str, Any]]:
    return [r for r in rows if not r["measured"]]


def reached(rows: Rows, limit: float) -> list[Mapping[str, Any]]:
    return [r for r in rows if r["window_share"] is not None and r["window_share"] >= limit]


def lead(rows: Rows, altered: Rows, unit: str | None) -> str:
    warn, veto = limits()
    out, away, over = down(rows), unmeasured(rows), reached(rows, veto)
    names = "、".join(html.e(r["name"]) for r in out[:3])
    head = f"<b>{len(out)} 个网站现在打不开</b>（{names}）。" if out else "所有采到的网站现在都打得开。"
    line = (
        f"近 {WINDOW} 天 <b>{len(over)} 个网站打不开占比达到否决线 {numbers.percent(veto, digits=0)}</b>"
        f"（{html.e(over[0]['name'])} {numbers.percent(over[0]['window_share'], veto, 2, higher_is_better=False)}），"
        f"{len(reached(rows, warn)) - len(over)} 个达到预警线。"
        if over
        else f"近 {WINDOW} 天没有网站达到否决线 {numbers.percent(veto, digits=0)}。"
    )
    changed = (
        f"页面异动 {html.anchor(f'{len(altered)} 处待确认', html.link('availability', show='tampered', unit=unit))}。"
        if altered
        else "没有发现页面被改动。"
    )
    told = (
        f"<br>— 未采集 {len(away)} 个网站（{'、'.join(html.e(r['name']) for r in away[:3])}），不在数内："
        + html.anchor("看原因", html.link("collection", aspect="availability"))
        if away
        else ""
    )
    return f"{head}{line}{changed}{told}"


def kpis(rows: Rows, found: Rows, papers: Rows, altered: Rows, unit: str | None) -> str:
    warn, veto = limits()
    up, bad = sum(bool(r["ok"]) for r in rows), [r for r in papers if problem(r)]

    def at(show: str) -> str:
        return html.link("availability", show=show, unit=unit)

    return html.kpis(
        [
            html.Kpi(
                "现在可用",
                f"{up}",
                f"/{len(rows)}",
                f"打不开 {len(down(rows))} · 未采集 {len(unmeasured(rows))}",
                at("up"),
                "最近一次访问 15 秒内打开",
            ),
            html.Kpi(
                "达到预警线",
                f"{len(reached(rows, warn))}",
                "个网站",
                f"其中达到否决线 {len(reached(rows, veto))}",
                at("over"),
                f"近 {WINDOW} 天打不开次数占比达到 {warn:.0%}",
            ),
            html.Kpi("近 7 天中断", f"{len(found)}", "起", _longest(found), at("incidents")),
            html.Kpi(
                "证书有问题",
                f"{len(bad)}",
                "个网站",
                f"含 {EXPIRING_DAYS} 天内到期（项目默认）",
                at("certificates"),
            ),
            html.Kpi(
                "缺安全响应头",
                f"{sum(bool(r['missing_headers']) for r in papers)}",
                "个网站",
                f"已检 {sum(r['missing_headers'] is not None for r in papers)} 个",
                at("headers"),
            ),
            html.Kpi("页面异动待确认", f"{len(altered)}", "处", "暗链、外来脚本、变脸", at("tampered")),
        ]
    )


def _longest(found: Rows) -> str:
    return f"最长 {_length(max(r['minutes'] for r in found))}" if found else "没有打不开的访问"


def _length(minutes: float) -> str:
    whole = max(1, round(minutes))
    return f"{whole} 分钟" if whole < 120 else f"{whole / 60:.1f} 小时"


def _cause(code: str | None) -> str:
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
        C("打开 p95", lambda r: "—" if r["p95"] is None else f"{r['p95']:.1f} 秒", "num key"),
    ]
    return html.table(columns, rows, css="stack ck-uptime")


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


def short_incidents(rows: Rows, most: int) -> str:
    """For the wall: the newest interruptions."""
    head = html.title("近 7 天中断", f"{len(rows)} 起，最新 {min(most, len(rows))} 起")
    if not rows:
        return head + html.state("good", "✓ 近 7 天没有打不开的访问。")
    columns = [
        C("责任单位", lambda r: html.e(r["name"]), "nw"),
        C("开始", lambda r: numbers.moment(r["began_at"])[5:], "nw"),
        C("时长", lambda r: _length(r["minutes"]) if r["ended_at"] else "▲ 仍打不开", "num"),
        C("原因", lambda r: _cause(r["cause"]), "nw"),
    ]
    return head + html.table(columns, rows[:most])


def short_certificates(rows: Rows) -> str:
    """For the wall: certificates that need somebody."""
    bad = [r for r in rows if problem(r)]
    head = html.title("证书", f"{len(bad)} 个有问题")
    columns = [C("责任单位", lambda r: html.e(r["name"]), "nw"), C("证书", _paper, "nw")]
    return head + (html.table(columns, bad[:WORST]) if bad else html.state("good", "✓ 证书都在有效期内。"))


def legend() -> str:
    _, veto = limits()
    return (
        '<div class="ck-legend"><span><i class="ck-cell"></i>全部打开</span><span><i class="ck-cell p"></i>部分打不开</span>'
        f'<span><i class="ck-cell f"></i>当日打不开达 {veto:.0%}</span><span><i class="ck-cell u"></i>未监测</span></div>'
    )


def _now(row: Mapping[str, Any]) -> str:
    if row["measured"] and not row["ok"]:
        return f'<br><span class="ck-badge red">▲ 打不开</span> <span class="muted">{_cause(row["cause"])}</span>'
    if not row["measured"]:
        return f'<br><span class="ck-badge none">— 未采集</span> <span class="muted">{_cause(row["cause"] or "not_due")}</span>'
    return ""


def _strip(row: Mapping[str, Any], found: Mapping[date, Mapping[str, Any]], span: Sequence[date]) -> str:
    _, veto = limits()
    cells = []
    for day in span:
        seen = found.get(day)
        if not seen or not seen["visits"]:
            cells.append(f'<i class="u" title="{day} 未监测"></i>')
            continue
        share = seen["failed"] / seen["visits"]
        css = "f" if share >= veto else "p" if seen["failed"] else ""
        cells.append(
            f'<i class="{css}" title="{day} 打开 {seen["visits"] - seen["failed"]}/{seen["visits"]} 次"></i>'
        )
    gaps = sum(not found.get(d) or not found[d]["visits"] for d in span)
    told = (
        f"{row['name']}近 {DAYS} 天可用率 {numbers.percent(row['rate'], 1.0, 2)}，打不开 {row['failed'] or 0} 次"
        + (f"，{gaps} 天未监测" if gaps else "")
    )
    return f'<span class="ck-days" role="img" aria-label="{html.e(told)}">{"".join(cells)}</span>'


def _today(row: Mapping[str, Any]) -> str:
    if not row["today_visits"]:
        return '<span class="muted">—</span>'
    return f"{row['today_visits'] - row['today_failed']}/{row['today_visits']}"


def _share(row: Mapping[str, Any]) -> str:
    """Bullet of the veto measure: share against the warning and the veto line."""
    warn, veto = limits()
    if row["window_share"] is None:
        return '<span class="muted">— 未采集，不进分母</span>'
    shown = numbers.percent(row["window_share"], veto, 2, higher_is_better=False)
    css = "red" if row["window_share"] >= veto else "orange" if row["window_share"] >= warn else ""
    label = f"打不开占比 {shown}，预警线 {warn:.0%}，否决线 {veto:.0%}"
    word = {"red": "▲ 达否决线", "orange": "◆ 达预警线", "": ""}[css]
    return (
        f'<span class="ck-veto" role="img" aria-label="{label}" title="{label}"><i class="{css}" style="width:{min(1.0, row["window_share"] / AXIS) * 100:.1f}%"></i>'
        f'<u style="left:{warn / AXIS * 100:.1f}%"></u><u class="v" style="left:{veto / AXIS * 100:.1f}%"></u></span>'
        f'<b class="ck-share">{shown}</b> <span class="sub">/ {veto:.0%} {word}</span>'
    )


def _share_text(row: Mapping[str, Any]) -> str:
    _, veto = limits()
    if row["window_share"] is None:
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


def failures(site: str) -> str:
    rows = data.ask(availability.failures, at=data.now(), site=site, window=WINDOW)
    columns = [
        C("访问时间", lambda r: numbers.moment(r["measured_at"]), "nw"),
        C("责任单位", lambda r: html.e(r["unit_name"]), "nw"),
        C("网站", lambda r: html.e(r["site_name"]), "ck-hide"),
        C("原因", lambda r: _cause(r["cause"])),
        C("等待", lambda r: "—" if r["seconds"] is None else f"{r['seconds']:.1f} 秒", "num"),
    ]
    return html.title("打不开的访问", f"近 {WINDOW} 天 {len(rows)} 次") + html.table(columns, rows)


def incidents(rows: Rows, name: str) -> str:
    head = html.title("中断记录", f"{name} {len(rows)} 起；时长按相邻两次访问推算")
    if not rows:
        return head + html.state("good", f"✓ {name}没有打不开的访问。")
    columns = [
        C("状态", _ended, "nw"),
        C("责任单位", lambda r: html.e(r["unit_name"]), "nw"),
        C("网站", lambda r: html.e(r["site_name"]), "ck-hide"),
        C("开始", lambda r: numbers.moment(r["began_at"])[5:], "nw key"),
        C("恢复", lambda r: numbers.moment(r["ended_at"])[5:] if r["ended_at"] else "—", "nw key"),
        C("时长", lambda r: _length(r["minutes"]), "num key"),
        C("打不开", lambda r: f"{r['failed']} 次", "num"),
        C("原因", lambda r: _cause(r["cause"]), "nw"),
    ]
    return head + html.table(columns, rows, css="stack")


def _ended(row: Mapping[str, Any]) -> str:
    if row["ended_at"] is None:
        return '<span class="ck-badge red">▲ 仍打不开</span>'
    return '<span class="ck-badge ok">✓ 已恢复</span>'


def problem(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """Level and words of what is wrong with a certificate; None when it is in order or was not looked at."""
    if row["https"] is None:
        return None
    if not row["https"]:
        return "yellow", "没有 HTTPS"
    if row["expired"]:
        return "red", f"已过期 {-row['days_left']} 天"
    if not row["chain_ok"]:
        return "orange", causes()[row["cause"]].label if row["cause"] in causes() else "不受信任"
    if row["days_left"] is not None and row["days_left"] <= EXPIRING_DAYS:
        return "orange", f"剩 {row['days_left']} 天"
    return None


MARKS: Mapping[str, str] = {"red": "▲", "orange": "◆", "yellow": "■"}


def _paper(row: Mapping[str, Any]) -> str:
    found = problem(row)
    if found:
        return f'<span class="ck-badge {found[0]}">{MARKS[found[0]]} {html.e(found[1])}</span>'
    if row["https"] is None:
        return (
            f'<span class="ck-badge none">— 未采集</span> <span class="muted">{_cause(row["cause"])}</span>'
        )
    return f'<span class="ck-badge ok">✓ 剩 {row["days_left"]} 天</span>'


def certificates(rows: Rows, note: str) -> str:
    columns = [
        C("责任单位", lambda r: html.e(r["unit_name"]), "nw"),
        C("证书", _paper, "nw"),
        C("到期", lambda r: numbers.moment(r["not_after"])[:10], "nw key"),
        C("签发者", lambda r: html.e(r["issuer"] or "—"), "ck-hide"),
        C("协议", lambda r: html.e(r["tls_version"] or "—"), "ck-hide nw"),
        C("跳转到 HTTPS", lambda r: _yes(r["redirects_to_https"]), "nw key"),
        C("缺少的响应头", _headers, "full"),
        C("检查时间", lambda r: numbers.moment(r["measured_at"]), "ck-hide nw"),
    ]
    return html.title("证书与响应头", note) + (
        html.table(columns, rows, css="stack") if rows else html.state("good", "✓ 没有有问题的证书。")
    )


def _yes(value: bool | None) -> str:
    return "—" if value is None else "✓ 是" if value else "✕ 否"


def _headers(row: Mapping[str, Any]) -> str:
    if row["missing_headers"] is None:
        return "—"
    names = [n for n in row["missing_headers"].split(",") if n]
    if not names:
        return "✓ 齐全"
    return "、".join(f'<span title="{html.e(n)}">{html.e(HEADERS.get(n, n))}</span>' for n in names)


def tampered(rows: Rows, unit: str | None) -> str:
    head = html.title("页面异动", f"{len(rows)} 处待确认：暗链、外来脚本、因人变脸、外链变异")
    if not rows:
        return head + html.state("good", "✓ 最近一次巡查没有发现页面被改动。")
    columns = [
        C("级别", lambda r: html.badge(r["level"] or ("red" if r["severity"] == "critical" else "orange"))),
        C("责任单位", lambda r: html.e(r["unit_name"]), "nw"),
        C("种类", lambda r: html.e(KINDS.get(r["kind"], "其他异动")), "nw"),
        C("指向", lambda r: html.e(r["target"]), "full"),
        C("首次发现", lambda r: numbers.moment(r["first_seen"]), "nw key"),
        C("处置", lambda r: html.e(STATES.get(r["state"] or "", "没有预警")), "nw"),
        C(
            "证据",
            lambda r: html.anchor(
                "看证据", html.link("availability", unit=unit, evidence=r["warning_id"] or r["finding_id"])
            ),
            "nw",
        ),
    ]
    return head + html.table(columns, rows, css="stack")
