"""Measures of sites: each named metric is one function from the merged tables to values per object, at an instant.

Only facts from before the instant count, so a past week can be measured again. What was not looked at is
`measured=False` with a cause; it never becomes a number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from cockpit import shares
from cockpit.appraise.moment import Evidence, Measured, Moment, Queries, too_few, unmeasured
from cockpit.appraise.standing import open_findings
from cockpit.store.queries.behind import PLANNED

FRESH_DAYS = 8  # a patrol this old still tells the state; older is "not measured"
CORE_TYPES = ("news", "notice", "policy")

_SITES = """
    SELECT site_code, site_name, unit_code, url, site_id_code FROM site
    WHERE state = 'active' AND coalesce(valid_from, DATE '1900-01-01') <= $day AND coalesce(valid_to, DATE '9999-01-01') > $day
"""


def sites(q: Queries, m: Moment) -> list[dict[str, Any]]:
    return q.rows(_SITES, {"day": m.day})


def coverage(q: Queries, m: Moment, aspect: str, days: int = FRESH_DAYS) -> dict[str, dict[str, Any]]:
    """Site → its newest look at an aspect within `days`: ok and cause (an ok look wins over later failures)."""
    rows = q.rows(
        """
        SELECT site_code, ok, cause FROM coverage
        WHERE aspect = $aspect AND measured_at < $at AND measured_at >= $since AND site_code IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY site_code ORDER BY ok DESC, measured_at DESC) = 1
        """,
        {"aspect": aspect, "at": m.at, "since": m.at - timedelta(days=days)},
    )
    return {row["site_code"]: row for row in rows}


def _evidence(row: Mapping[str, Any]) -> Evidence:
    return Evidence(_told(row), row["finding_id"], row["page_url"], row["first_seen"])


def _told(row: Mapping[str, Any]) -> str:
    """A finding in one Chinese sentence."""
    kind, places = row["kind"], row["places"] or 1
    more = f"，出现在 {places} 页" if places > 1 else ""
    if kind.startswith("wording."):
        right = f"，建议“{row['suggestion']}”" if row["suggestion"] else ""
        return f"“{row['text']}”{right}{more}"
    if kind.startswith("privacy."):
        return f"未脱敏个人信息 {row['text']}{more}"
    if kind.startswith("hidden."):
        return f"{row['excerpt'] or '暗链'}：{row['target']}{more}"
    if kind.startswith("channel."):
        return f"栏目“{row['text']}”{row['excerpt'] or ''}"
    if kind.startswith("tag."):
        state = "缺少" if kind == "tag.missing" else "无效"
        return f"网页标签 {row['target']} {state}{more}"
    if kind.startswith(("home.", "date.")):
        return f"{row['excerpt'] or row['target']}{more}"
    if kind.startswith("certificate."):
        return CERTIFICATE_FACTS[kind] + (f"（{row['text']}）" if row["text"] else "")
    return f"{row['target']}{more}"


CERTIFICATE_FACTS: Mapping[str, str] = MappingProxyType(
    {
        "certificate.expired": "证书已过期",
        "certificate.expiring": "证书即将到期",
        "certificate.untrusted": "证书不受信任",
        "certificate.no_https": "没有 HTTPS",
    }
)


def per_site(
    q: Queries,
    m: Moment,
    aspect: str,
    kinds: Sequence[str],
    noun: str,
    severities: Sequence[str] | None = None,
    days: int = FRESH_DAYS,
) -> list[Measured]:
    """Count of open findings per site that was looked at."""
    seen, found = coverage(q, m, aspect, days), open_findings(q, m, kinds, severities)
    out = []
    for site in sites(q, m):
        code = site["site_code"]
        look = seen.get(code)
        if look is None or not look["ok"]:
            out.append(unmeasured(site, look["cause"] if look else "not_due"))
            continue
        rows = tuple(_evidence(row) for row in found.get(code, ()))
        out.append(
            Measured(
                code,
                site["unit_code"],
                float(len(rows)),
                f"{noun} {len(rows)} " + UNITS.get(aspect, "处"),
                rows,
            )
        )
    return out


UNITS = {"links": "个", "channels": "个", "tags": "类", "certificate": "项"}


def failed_share(q: Queries, m: Moment) -> list[Measured]:
    """Share of measured visits in the window that did not open within 15 seconds."""
    rows = q.rows(
        f"""
        SELECT site_code, count(*) FILTER (measured AND NOT {PLANNED}) AS visits,
               count(*) FILTER (measured AND NOT ok AND NOT {PLANNED}) AS failed, count(*) FILTER ({PLANNED}) AS planned
        FROM probe AS p WHERE family = '4' AND measured_at >= $start AND measured_at < $at GROUP BY site_code
        """,
        {"start": m.start, "at": m.at},
    )
    counts = {row["site_code"]: row for row in rows}
    out = []
    for site in sites(q, m):
        row = counts.get(site["site_code"])
        if row is None or row["visits"] < max(1, m.least_samples):
            out.append(too_few(site, row["visits"] if row else 0, max(1, m.least_samples), "not_due", "次"))
            continue
        share = row["failed"] / row["visits"]
        planned = f"；计划停机期间 {row['planned']} 次不计入" if row["planned"] else ""
        told = shares.percent(share, m.line, 2, higher_is_better=False)
        fact = f"{m.window_days} 天访问 {row['visits']} 次，打不开 {row['failed']} 次，占 {told}{planned}"
        out.append(
            Measured(site["site_code"], site["unit_code"], share, fact, (Evidence(fact, url=site["url"]),))
        )
    return out


def home_p95_seconds(q: Queries, m: Moment) -> list[Measured]:
    """95th percentile of the seconds of visits that opened."""
    rows = q.rows(
        """
        SELECT site_code, quantile_cont(seconds, 0.95) AS p95, count(*) AS visits FROM probe
        WHERE family = '4' AND ok AND measured_at >= $start AND measured_at < $at GROUP BY site_code
        """,
        {"start": m.start, "at": m.at},
    )
    found = {row["site_code"]: row for row in rows}
    out = []
    for site in sites(q, m):
        row = found.get(site["site_code"])
        if row is None:
            out.append(unmeasured(site, "not_due"))
            continue
        fact = f"首页打开时间 95 分位 {row['p95']:.1f} 秒（{row['visits']} 次）"
        out.append(
            Measured(
                site["site_code"], site["unit_code"], row["p95"], fact, (Evidence(fact, url=site["url"]),)
            )
        )
    return out


def home_age_days(q: Queries, m: Moment) -> list[Measured]:
    """Days from the newest dated item of the home page to the day looked at.

    A home page without dated items is an entrance only: then the newest of all second-level pages counts.
    """
    rows = q.rows(
        """
        SELECT site_code, arg_max(latest, level = 1) FILTER (level = 1) AS home, max(latest) FILTER (level = 2) AS second FROM (
            SELECT h.site_code, h.latest, CASE c.channel_type WHEN 'home' THEN 1 ELSE c.level END AS level FROM channel_history AS h
            JOIN channel_check AS c USING (site_code, url) WHERE h.measured_at < $at
            QUALIFY row_number() OVER (PARTITION BY h.site_code, h.url ORDER BY h.measured_at DESC) = 1)
        GROUP BY site_code
        """,
        {"at": m.at},
    )
    newest = {row["site_code"]: (row["home"] or row["second"], row["home"] is None) for row in rows}
    seen = coverage(q, m, "channels")
    out = []
    for site in sites(q, m):
        look = seen.get(site["site_code"])
        latest, only_links = newest.get(site["site_code"], (None, False))
        if look is None or not look["ok"] or latest is None:
            out.append(unmeasured(site, "not_due" if look is None else look["cause"]))
            continue
        age = max(0, (m.day - latest).days)
        where = "首页仅为导航入口，二级页面" if only_links else "首页"
        fact = f"{where}最近更新 {latest}，已 {age} 天未更新"
        out.append(
            Measured(
                site["site_code"], site["unit_code"], float(age), fact, (Evidence(fact, url=site["url"]),)
            )
        )
    return out


def core_channels_overdue(q: Queries, m: Moment) -> list[Measured]:
    """Overdue channels of the kinds named by the rule."""
    return _channels(
        q,
        m,
        ("channel.overdue",),
        "超期的动态要闻、通知公告、政策文件类栏目",
        lambda r: r["rule"] in CORE_TYPES,
    )


def channels_overdue(q: Queries, m: Moment) -> list[Measured]:
    """All overdue or undated channels; the table of exclusions keeps points from being taken twice."""
    return _channels(q, m, ("channel.overdue", "channel.undated"), "应更新未更新栏目", lambda _r: True)


def _typed_overdue(kind: str, noun: str) -> Callable[[Queries, Moment], list[Measured]]:
    """Overdue channels of one type; a site without such a channel has nothing to measure."""

    def measure(q: Queries, m: Moment) -> list[Measured]:
        having = q.rows(
            "SELECT DISTINCT c.site_code FROM channel_check AS c JOIN channel_history AS h USING (site_code, url) "
            "WHERE c.channel_type = $kind AND h.measured_at < $at",
            {"kind": kind, "at": m.at},
        )
        known = {row["site_code"] for row in having}
        found = _channels(
            q,
            m,
            ("channel.overdue", "channel.undated"),
            f"超期的{noun}",
            lambda r: r["rule"] == kind,
        )
        return [r if r.code in known or not r.measured else unmeasured(_as_row(r), "no_data") for r in found]

    return measure


def _as_row(r: Measured) -> dict[str, Any]:
    return {"site_code": r.code, "unit_code": r.unit_code}


def channels_blank(q: Queries, m: Moment) -> list[Measured]:
    """Channels that never offered anything."""
    return _channels(q, m, ("channel.blank",), "空白栏目", lambda _r: True)


def _channels(
    q: Queries, m: Moment, kinds: Sequence[str], noun: str, keep: Callable[[Mapping[str, Any]], bool]
) -> list[Measured]:
    seen, found = coverage(q, m, "channels"), open_findings(q, m, kinds)
    out = []
    for site in sites(q, m):
        look = seen.get(site["site_code"])
        if look is None or not look["ok"]:
            out.append(unmeasured(site, look["cause"] if look else "not_due"))
            continue
        rows = tuple(_evidence(row) for row in found.get(site["site_code"], ()) if keep(row))
        out.append(
            Measured(site["site_code"], site["unit_code"], float(len(rows)), f"{noun} {len(rows)} 个", rows)
        )
    return out


_WORDING = tuple(
    f"wording.{k}" for k in ("typo", "formulation", "title", "institution", "legal", "discouraged", "spam")
)
_PRIVACY = tuple(
    f"privacy.{k}" for k in ("id_card", "mobile", "bank_card", "home_address", "plate", "passport")
)
_HIDDEN = tuple(
    f"hidden.{k}"
    for k in ("link", "title_hijack", "cloaking", "sold_link", "external_bad", "iframe", "script")
)


def critical_wording(q: Queries, m: Moment) -> list[Measured]:
    return per_site(q, m, "wording", _WORDING, "严重表述错误", ("critical",))


def other_wording(q: Queries, m: Moment) -> list[Measured]:
    return per_site(q, m, "wording", _WORDING, "一般表述错误", ("high", "medium"))


def privacy_leaks(q: Queries, m: Moment) -> list[Measured]:
    return per_site(q, m, "privacy", _PRIVACY, "未脱敏个人信息", ("critical", "high"))


def critical_hidden(q: Queries, m: Moment) -> list[Measured]:
    return per_site(q, m, "hidden", _HIDDEN, "链接违法内容", ("critical",))


def other_hidden(q: Queries, m: Moment) -> list[Measured]:
    return per_site(q, m, "hidden", _HIDDEN, "可疑暗链", ("high", "medium"))


def dead_links(q: Queries, m: Moment) -> list[Measured]:
    return per_site(q, m, "links", ("link.dead",), "死链")


def soft_404_links(q: Queries, m: Moment) -> list[Measured]:
    return per_site(q, m, "links", ("link.soft_404",), "假正常页")


def tag_faults(q: Queries, m: Moment) -> list[Measured]:
    return per_site(q, m, "tags", ("tag.missing", "tag.invalid"), "网页标签问题")


def certificate_faults(q: Queries, m: Moment) -> list[Measured]:
    return per_site(q, m, "certificate", tuple(CERTIFICATE_FACTS), "证书与 HTTPS 问题", days=m.window_days)


def _ipv6(level: int) -> Callable[[Queries, Moment], list[Measured]]:
    def measure(q: Queries, m: Moment) -> list[Measured]:
        rows = q.rows(
            f"""
            SELECT site_code, has_aaaa, level{level}_total AS total, level{level}_ok AS ok, cause FROM ipv6_check
            WHERE measured_at < $at AND measured_at >= $start
            QUALIFY row_number() OVER (PARTITION BY site_code ORDER BY (has_aaaa IS NOT NULL) DESC, measured_at DESC) = 1
            """,
            {"at": m.at, "start": m.start},
        )
        found = {row["site_code"]: row for row in rows}
        name = {2: "二级", 3: "三级"}[level]
        out = []
        for site in sites(q, m):
            row = found.get(site["site_code"])
            if row is None or row["has_aaaa"] is None or not row["total"]:
                cause = (
                    "not_due" if row is None else "no_data" if row["has_aaaa"] is not None else row["cause"]
                )
                out.append(unmeasured(site, cause))
                continue
            share = row["ok"] / row["total"]
            fact = f"{name}链接 {row['total']} 条，IPv6 可达 {row['ok']} 条，支持度 {shares.percent(share, m.line)}"
            out.append(
                Measured(
                    site["site_code"], site["unit_code"], share, fact, (Evidence(fact, url=site["url"]),)
                )
            )
        return out

    return measure


METRICS: Mapping[str, Callable[[Queries, Moment], list[Measured]]] = MappingProxyType(
    {
        "failed_share": failed_share,
        "home_p95_seconds": home_p95_seconds,
        "home_age_days": home_age_days,
        "core_channels_overdue": core_channels_overdue,
        "channels_overdue": channels_overdue,
        "channels_blank": channels_blank,
        "policy_overdue": _typed_overdue("policy", "政策文件栏目"),
        "service_statistics_overdue": _typed_overdue("service_statistics", "办事统计数据栏目"),
        "replies_overdue": _typed_overdue("reply", "留言答复栏目"),
        "critical_wording": critical_wording,
        "other_wording": other_wording,
        "privacy_leaks": privacy_leaks,
        "critical_hidden": critical_hidden,
        "other_hidden": other_hidden,
        "dead_links": dead_links,
        "soft_404_links": soft_404_links,
        "tag_faults": tag_faults,
        "ipv6_level2": _ipv6(2),
        "ipv6_level3": _ipv6(3),
        "certificate_faults": certificate_faults,
    }
)
