"""The sentence and the key figures of 可用性与安全."""

from __future__ import annotations

from cockpit.ui import html, numbers, outages, papers, tips, uptime


def lead(rows: uptime.Rows, altered: uptime.Rows, unit: str | None) -> str:
    warn, veto = uptime.limits()
    out, away, over = uptime.down(rows), uptime.unmeasured(rows), uptime.reached(rows, veto)
    names = "、".join(html.e(r["name"]) for r in out[:3])
    head = f"<b>{len(out)} 个网站现在打不开</b>（{names}）。" if out else "所有采到的网站现在都打得开。"
    line = (
        f"近 {uptime.WINDOW} 天 <b>{len(over)} 个网站打不开占比达到否决线 {numbers.percent(veto, digits=0)}</b>"
        f"（{html.e(over[0]['name'])} {numbers.percent(over[0]['window_share'], veto, 2, higher_is_better=False)}），"
        f"{len(uptime.reached(rows, warn)) - len(over)} 个达到预警线。"
        if over
        else f"近 {uptime.WINDOW} 天没有网站达到否决线 {numbers.percent(veto, digits=0)}。"
    )
    few = sum(r["few"] for r in rows if r["window_visits"])
    line += f"{few} 个网站访问还不满 {uptime.least()} 次，不评级。" if few else ""
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


def kpis(
    rows: uptime.Rows, found: uptime.Rows, seen: uptime.Rows, altered: uptime.Rows, unit: str | None
) -> str:
    warn, veto = uptime.limits()
    up = sum(bool(r["ok"]) for r in rows)

    def at(show: str) -> str:
        return html.link("availability", show=show, unit=unit)

    return html.kpis(
        [
            html.Kpi(
                "现在可用",
                f"{up}",
                f"/{len(rows)}",
                f"打不开 {len(uptime.down(rows))} · 未采集 {len(uptime.unmeasured(rows))}",
                at("up"),
            ),
            html.Kpi(
                "达到预警线",
                f"{len(uptime.reached(rows, warn))}",
                "个网站",
                f"其中达到否决线 {len(uptime.reached(rows, veto))}",
                at("over"),
            ),
            html.Kpi("近 7 天中断", f"{len(found)}", "起", outages.longest(found), at("incidents")),
            html.Kpi(
                "证书有问题",
                f"{sum(papers.problem(r) is not None for r in seen)}",
                "个网站",
                f"含 {papers.EXPIRING_DAYS} 天内到期（项目默认）",
                at("certificates"),
            ),
            html.Kpi(
                "缺安全响应头",
                f"{sum(bool(r['missing_headers']) for r in seen)}",
                "个网站",
                f"已检 {sum(r['missing_headers'] is not None for r in seen)} 个",
                at("headers"),
            ),
            html.Kpi("页面异动待确认", f"{len(altered)}", "处", "暗链、外来脚本、变脸", at("tampered")),
        ],
        tips.of("availability"),
    )
