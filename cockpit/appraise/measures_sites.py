"""Measures of sites beyond the findings: what is on the pages and links that were seen, and what the register says."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from cockpit.appraise.measures import coverage, open_findings, per_site, sites
from cockpit.appraise.moment import NOT_APPLICABLE, Evidence, Measured, Moment, Queries, unmeasured
from cockpit.clock import to_local
from cockpit.store.queries.behind import PLANNED, RUN_LIMIT

LATE_DAYS = 7  # 超 7 天未修改 (regulations §5)
SERVICE = "办事|政务服务|网上服务|服务大厅|办理"
CONSULT = "咨询|信箱|留言|互动交流|建言|意见箱"
NOT_CONSULT = "信访|纪检|举报|监督"
_RESERVED = (".example", ".test", ".invalid", ".localhost", ".local")
_EXEMPT = ("gov.cn", "conac.cn")  # gov.cn, and the mark every government site must carry
_SITE_CODE = re.compile(r"\d{10}")


def down_now(q: Queries, m: Moment) -> list[Measured]:
    """How many of the newest measured visits failed in a row."""
    rows = q.rows(
        f"""
        SELECT site_code, ok, measured_at FROM probe AS p
        WHERE family = '4' AND measured AND measured_at >= $start AND measured_at < $at AND NOT {PLANNED}
        QUALIFY row_number() OVER (PARTITION BY site_code ORDER BY measured_at DESC) <= {RUN_LIMIT} ORDER BY site_code, measured_at DESC
        """,
        {"start": m.start, "at": m.at},
    )
    visits: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        visits.setdefault(row["site_code"], []).append(row)
    out = []
    for site in sites(q, m):
        own = visits.get(site["site_code"])
        if not own:
            out.append(unmeasured(site, "not_due"))
            continue
        failed = next((n for n, row in enumerate(own) if row["ok"]), len(own))
        fact = f"最近连续 {failed} 次打不开" if failed else "最近一次访问正常"
        first = own[failed - 1]["measured_at"] if failed else None
        rows_ = (Evidence(fact, url=site["url"], first_seen=first),) if failed else ()
        out.append(Measured(site["site_code"], site["unit_code"], float(failed), fact, rows_))
    return out


def maintenance_days(q: Queries, m: Moment) -> list[Measured]:
    """Days of the window that a site was down by plan."""
    rows = q.rows(
        """
        SELECT site_code, reason, starts_at, least(ends_at, $at) AS ends_at FROM maintenance
        WHERE starts_at < $at AND ends_at > $start ORDER BY starts_at
        """,
        {"at": m.at, "start": m.start},
    )
    out = []
    for site in sites(q, m):
        own = [r for r in rows if r["site_code"] == site["site_code"]]
        days = sum((r["ends_at"] - max(r["starts_at"], m.start)).total_seconds() for r in own) / 86400
        evidence = tuple(
            Evidence(
                f"{to_local(r['starts_at']):%Y-%m-%d %H:%M} 至 {to_local(r['ends_at']):%Y-%m-%d %H:%M} {r['reason']}"
            )
            for r in own
        )
        fact = f"近一年计划停机 {len(own)} 次，合计 {days:.1f} 天"
        out.append(Measured(site["site_code"], site["unit_code"], round(days, 4), fact, evidence))
    return out


def _entrance(words: str, never: str, noun: str) -> Callable[[Queries, Moment], list[Measured]]:
    """1 where neither a link nor a channel of the site is called by one of the words, else 0."""

    def measure(q: Queries, m: Moment) -> list[Measured]:
        rows = q.rows(
            """
            SELECT site_code, bool_or(is_link) AS looked, min(coalesce(name, '')) FILTER (regexp_matches(name, $words) AND NOT regexp_matches(name, $never)) AS found
            FROM (SELECT site_code, text AS name, measured_at, true AS is_link FROM link
                  UNION ALL SELECT site_code, channel_name, measured_at, false FROM channel_check)
            WHERE measured_at < $until GROUP BY site_code
            """,
            {"words": words, "never": never, "until": m.told_until},
        )
        found = {row["site_code"]: row["found"] for row in rows if row["looked"]}
        seen = coverage(q, m, "links")
        out = []
        for site in sites(q, m):
            code = site["site_code"]
            look = seen.get(code)
            if look is None or not look["ok"] or code not in found:
                out.append(unmeasured(site, look["cause"] if look else "not_due"))
                continue
            name = found[code]
            fact = f"有“{name}”" if name else f"看过的链接和栏目中没有发现{noun}，须人工复核"
            evidence = () if name else (Evidence(fact, url=site["url"]),)
            out.append(Measured(code, site["unit_code"], 0.0 if name else 1.0, fact, evidence))
        return out

    return measure


def forged_dates(q: Queries, m: Moment) -> list[Measured]:
    """Pages whose date does not agree with tag, address or earlier patrols (伪造发稿日期, to be reviewed)."""
    return per_site(q, m, "channels", ("date.forged",), "发稿日期可疑页面")


def home_marks(q: Queries, m: Moment) -> list[Measured]:
    """What the foot of the home page lacks or has in a wrong form."""
    return per_site(q, m, "tags", ("home.missing", "home.invalid"), "首页底部缺少或不规范的标识")


def _counted(
    q: Queries, m: Moment, aspect: str, found: Mapping[str, Sequence[Evidence]], noun: str, unit: str = "处"
) -> list[Measured]:
    """Number of rows per site that was looked at."""
    seen, out = coverage(q, m, aspect), []
    for site in sites(q, m):
        look = seen.get(site["site_code"])
        if look is None or not look["ok"]:
            out.append(unmeasured(site, look["cause"] if look else "not_due"))
            continue
        rows = tuple(found.get(site["site_code"], ()))
        fact = f"{noun} {len(rows)} {unit}"
        out.append(Measured(site["site_code"], site["unit_code"], float(len(rows)), fact, rows))
    return out


def foreign_hosts(q: Queries, m: Moment) -> list[Measured]:
    """Hosts outside gov.cn that the site links to."""
    rows = q.rows(
        """
        SELECT site_code, url, source FROM link WHERE kind = 'external' AND measured_at < $until ORDER BY url
        """,
        {"until": m.told_until},
    )
    later = q.rows(
        "SELECT site_code FROM link GROUP BY site_code HAVING min(measured_at) >= $until",
        {"until": m.told_until},
    )
    hosts: dict[str, dict[str, Evidence]] = {}
    for row in rows:
        host = urlsplit(row["url"]).hostname or ""
        if host and not any(host == e or host.endswith(f".{e}") for e in _EXEMPT):
            hosts.setdefault(row["site_code"], {}).setdefault(host, Evidence(host, url=row["source"]))
    found = _counted(q, m, "links", {k: tuple(v.values()) for k, v in hosts.items()}, "站外域名", "个")
    gone = {row["site_code"] for row in later}  # only links of today are known, too late to tell of then
    return [
        unmeasured({"site_code": r.code, "unit_code": r.unit_code}, "no_data") if r.code in gone else r
        for r in found
    ]


def old_faults(q: Queries, m: Moment) -> list[Measured]:
    """Wrong wording and privacy leaks that stand for more than seven days."""
    limit = m.at - timedelta(days=LATE_DAYS)
    kinds = [
        r["kind"] for r in q.rows("SELECT DISTINCT kind FROM finding WHERE aspect IN ('wording', 'privacy')")
    ]
    open_now = open_findings(q, m, kinds, ("critical", "high", "medium"))
    found = {
        site: [
            Evidence(
                f"{(row['first_seen'] + timedelta(hours=8)).date()} 起未改：{row['text']}",
                row["finding_id"],
                row["page_url"],
                row["first_seen"],
            )
            for row in rows
            if row["first_seen"] <= limit
        ]
        for site, rows in open_now.items()
    }
    return _counted(q, m, "wording", found, f"超过 {LATE_DAYS} 天未改的错误")


def _registered(
    test: Callable[[Mapping[str, Any]], str | None],
) -> Callable[[Queries, Moment], list[Measured]]:
    """1 where the register's entry of a site has the fault that `test` words, '' where it is right, None n/a."""

    def measure(q: Queries, m: Moment) -> list[Measured]:
        out = []
        for site in sites(q, m):
            fault = test(site)
            if fault is None:
                out.append(unmeasured(site, NOT_APPLICABLE))
                continue
            evidence = (Evidence(fault, url=site["url"]),) if fault else ()
            value = 1.0 if fault else 0.0
            out.append(Measured(site["site_code"], site["unit_code"], value, fault or "符合要求", evidence))
        return out

    return measure


def _domain(site: Mapping[str, Any]) -> str | None:
    host = urlsplit(site["url"]).hostname or ""
    if host.endswith(_RESERVED) or "." not in host or _is_address(host):
        return None
    return "" if host.endswith(".gov.cn") else f"域名 {host} 不是 gov.cn 域名"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _code(site: Mapping[str, Any]) -> str:
    code = site["site_id_code"] or ""
    if not code:
        return "台账没有登记网站标识码"
    return "" if _SITE_CODE.fullmatch(code) else f"网站标识码 {code} 不是 10 位数字"


def ipv6_home(q: Queries, m: Moment) -> list[Measured]:
    """1 where the home page opens over IPv6, else 0."""
    rows = q.rows(
        """
        SELECT site_code, has_aaaa, home_ok FROM ipv6_check
        WHERE measured_at < $at AND measured_at >= $start AND has_aaaa IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY site_code ORDER BY measured_at DESC) = 1
        """,
        {"at": m.at, "start": m.start},
    )
    found = {row["site_code"]: row for row in rows}
    out = []
    for site in sites(q, m):
        row = found.get(site["site_code"])
        if row is None:
            out.append(unmeasured(site, "not_due"))
            continue
        ok = bool(row["has_aaaa"] and row["home_ok"])
        why = "打不开" if row["has_aaaa"] else "没有 AAAA 记录"
        fact = "首页经 IPv6 打开正常" if ok else f"首页经 IPv6 {why}"
        rows_ = () if ok else (Evidence(fact, url=site["url"]),)
        out.append(Measured(site["site_code"], site["unit_code"], float(ok), fact, rows_))
    return out


def consultations_year(q: Queries, m: Moment) -> list[Measured]:
    """Dated pages of the last year below a channel of 征集调查."""
    rows = q.rows(
        """
        SELECT DISTINCT p.site_code, p.url, p.title, p.published_at::DATE AS day FROM page AS p
        JOIN channel_check AS c ON c.site_code = p.site_code AND c.channel_type = 'consultation'
             AND starts_with(p.url, c.url) AND p.url <> c.url
        WHERE p.page_type = 'article' AND p.published_at::DATE > $since AND p.published_at::DATE <= $day
        ORDER BY day, p.url
        """,
        {"since": m.day - timedelta(days=m.window_days), "day": m.day},
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["site_code"], []).append(row)
    seen, out = coverage(q, m, "channels"), []
    for site in sites(q, m):
        look = seen.get(site["site_code"])
        if look is None or not look["ok"]:
            out.append(unmeasured(site, look["cause"] if look else "not_due"))
            continue
        own = found.get(site["site_code"], [])
        fact = f"近一年征集调查 {len(own)} 次"
        evidence = (Evidence(fact, url=own[-1]["url"]),) if own else ()
        out.append(Measured(site["site_code"], site["unit_code"], float(len(own)), fact, evidence))
    return out


def sites_of_unit(q: Queries, m: Moment) -> list[Measured]:
    """How many sites in use a unit has."""
    return _many(sites(q, m), lambda s: s["unit_code"], "在用网站", lambda s: f"{s['site_name']} {s['url']}")


def accounts_of_platform(q: Queries, m: Moment) -> list[Measured]:
    """The most accounts that a unit has on one platform."""
    rows = q.rows(
        """
        SELECT unit_code, platform, account_name FROM account
        WHERE state = 'active' AND coalesce(valid_from, DATE '1900-01-01') <= $day AND coalesce(valid_to, DATE '9999-01-01') > $day
        ORDER BY unit_code, platform, account_code
        """,
        {"day": m.day},
    )
    best: dict[str, Measured] = {}
    for found in _many(
        rows,
        lambda r: (r["unit_code"], r["platform"]),
        "同一平台账号",
        lambda r: f"{r['platform']} {r['account_name']}",
    ):
        unit = found.unit_code
        if unit not in best or (found.value or 0) > (best[unit].value or 0):
            best[unit] = found
    return list(best.values())


def _many(
    rows: Sequence[Mapping[str, Any]], key: Callable[[Any], Any], noun: str, told: Callable[[Any], str]
) -> list[Measured]:
    """Rows counted by key; where there is more than one, each is evidence."""
    groups: dict[Any, list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    out = []
    for found in groups.values():
        unit = found[0]["unit_code"]
        evidence = tuple(Evidence(told(row)) for row in found) if len(found) > 1 else ()
        out.append(Measured(unit, unit, float(len(found)), f"{noun} {len(found)} 个", evidence))
    return out


def lingering_accounts(q: Queries, m: Moment) -> list[Measured]:
    """Days since the last post of accounts that stopped and were not closed (已停止维护未注销)."""
    rows = q.rows(
        """
        SELECT a.account_code, a.account_name, a.unit_code, a.url, max(p.posted_on) AS latest
        FROM account AS a LEFT JOIN post AS p ON p.account_code = a.account_code AND p.posted_on <= $day
        WHERE a.state = 'suspended' AND coalesce(a.valid_from, DATE '1900-01-01') <= $day AND coalesce(a.valid_to, DATE '9999-01-01') > $day GROUP BY ALL ORDER BY a.account_code
        """,
        {"day": m.day},
    )
    out = []
    for row in rows:
        if row["latest"] is None:
            out.append(unmeasured(row, "no_data"))
            continue
        age = (m.day - row["latest"]).days
        fact = f"“{row['account_name']}”停更 {age} 天，尚未注销"
        evidence = (Evidence(fact, url=row["url"]),)
        out.append(Measured(row["account_code"], row["unit_code"], float(age), fact, evidence))
    return out


METRICS: Mapping[str, Callable[[Queries, Moment], list[Measured]]] = MappingProxyType(
    {
        "down_now": down_now,
        "maintenance_days": maintenance_days,
        "service_entrance_missing": _entrance(SERVICE, "^$", "办事服务入口"),
        "consult_entrance_missing": _entrance(CONSULT, NOT_CONSULT, "咨询建言渠道"),
        "forged_dates": forged_dates,
        "home_marks": home_marks,
        "foreign_hosts": foreign_hosts,
        "old_faults": old_faults,
        "domain_fault": _registered(_domain),
        "site_code_fault": _registered(_code),
        "ipv6_home": ipv6_home,
        "consultations_year": consultations_year,
        "sites_of_unit": sites_of_unit,
        "accounts_of_platform": accounts_of_platform,
        "lingering_accounts": lingering_accounts,
    }
)
