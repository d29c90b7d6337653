"""Every question a page asks, at 3 years × 100 sites × 200,000 findings: 95th percentile in milliseconds."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from cockpit import store
from cockpit.appraise import due
from cockpit.clock import week_of
from cockpit.paths import DataDir
from cockpit.store.queries import channels, collection, links, overview, scores, warnings
from cockpit.workdays import Calendar

NOW, TODAY = datetime(2026, 11, 23, 4), date(2026, 11, 23)
SITES, DAYS, FINDINGS, WEEKS = 100, 1095, 200_000, 156
ROUNDS = 30
LIMIT_MS = 50
WEEK = "2026-W47"

FILL = (
    "INSERT INTO unit SELECT 'u' || i, '单位' || i, CASE WHEN i < 10 THEN 'county' ELSE 'dept_service' END, NULL, true, i, NULL, NULL, NULL, NULL FROM range({units}) t(i)",
    "INSERT INTO site SELECT 's' || i, '网站' || i, 'u' || i % {units}, 'http://s' || i || '.test/', NULL, 'department', true, 'active', NULL, NULL, NULL FROM range({sites}) t(i)",
    "INSERT INTO account SELECT 'a' || i, '账号' || i, 'u' || i % {units}, '微博', NULL, 'active', NULL, NULL, NULL FROM range(200) t(i)",
    "INSERT INTO probe SELECT 'r', $now::TIMESTAMP - to_minutes(i * 60), 's' || s, '4', (i * 7 + s) % 211 <> 0, CASE WHEN (i * 7 + s) % 211 = 0 THEN 'timeout' END, true, 200, 1.2, '192.0.2.1' "
    "FROM range({hours}) a(i), range({sites}) b(s)",
    "INSERT INTO probe_daily SELECT $now::DATE - i::INTEGER, 's' || s, '4', 24, (i + s) % 50 = 0, 24, 2, 3 FROM range({days}) a(i), range({sites}) b(s)",
    "INSERT INTO finding SELECT 'F' || i, ['links','links','links','wording','tags','channels','hidden'][i % 7 + 1], ['link.dead','link.dead','link.soft_404','wording.typo','tag.missing','channel.overdue','hidden.link'][i % 7 + 1], "
    "'s' || i % {sites}, NULL, 'http://s' || i % {sites} || '.test/x/' || i, NULL, NULL, 'medium', 0.9, '文字', NULL, NULL, NULL, NULL, NULL, i % 30 + 1, 404, 'not_found_404', NULL, "
    "$now::TIMESTAMP - to_hours(i % 26000 + 24), $now::TIMESTAMP - to_hours(i % 26000), CASE WHEN i % 40 > 0 THEN $now::TIMESTAMP - to_hours(i % 26000) END, 3, 'r' FROM range({findings}) t(i)",
    "INSERT INTO finding_span SELECT finding_id, first_seen, gone_at FROM finding",
    "INSERT INTO link SELECT 'r', $now::TIMESTAMP, 's' || i % {sites}, 'http://l/' || i, 'internal', 3, CASE WHEN i % 200 = 0 THEN 'dead' ELSE 'ok' END, NULL, 200, 3, 'http://s', '链接' FROM range(250000) t(i)",
    "INSERT INTO channel_check SELECT 'r', $now::TIMESTAMP, 's' || s, 'http://s' || s || '/c' || c, '栏目' || c, 'news', 2, $now::DATE - (c * 3)::INTEGER, 20, 14, CASE WHEN c > 4 THEN 'overdue' ELSE 'fresh' END, NULL FROM range({sites}) a(s), range(40) b(c)",
    "INSERT INTO channel_history SELECT 's' || s, 'http://s' || s || '/c' || c, $now::TIMESTAMP - to_days(d::INTEGER * 3), $now::DATE - (d * 3 + c)::INTEGER, 20, 'fresh' FROM range({sites}) a(s), range(40) b(c), range(60) e(d)",
    "INSERT INTO coverage SELECT 'r' || d, $now::TIMESTAMP - to_days(d::INTEGER), 'patrol', x, 's' || s, NULL, NULL, s % 20 > 0, true, CASE WHEN s % 20 = 0 THEN 'timeout' END, 300, 900 "
    "FROM range(400) a(d), range({sites}) b(s), (SELECT unnest(['links','hidden','channels','tags','wording','privacy']) AS x)",
    "INSERT INTO run SELECT 'r' || d || c, c, $now::TIMESTAMP - to_days(d::INTEGER), $now::TIMESTAMP - to_days(d::INTEGER) + INTERVAL 1 HOUR, 'ok', 100, 95, 5, 9000, NULL FROM range({days}) a(d), (SELECT unnest(['probe','patrol','ipv6']) AS c)",
    "INSERT INTO ipv6_check SELECT 'r', $now::TIMESTAMP - to_days(d::INTEGER * 7), 's' || s, true, true, 100, 99, 400, 395, NULL FROM range({weeks}) a(d), range({sites}) b(s)",
    "INSERT INTO application (measured_at, application_id, unit_code, received_on, channel_in, applicant_type, stage, extended, answered_on, due_on) SELECT $now::TIMESTAMP, 'p' || i, 'u' || i % {units}, $now::DATE - (i % 900)::INTEGER, '网络', '自然人', '办理', false, CASE WHEN i % 50 > 0 THEN $now::DATE END, $now::DATE - (i % 900)::INTEGER + 28 FROM range(5000) t(i)",
    "INSERT INTO warning SELECT 'W' || i, 'L-DEAD', ['red','orange','yellow','blue'][i % 4 + 1], 'links', 'u' || i % {units}, 's' || i % {sites}, NULL, NULL, '死链', NULL, 5, NULL, '', 5, $now::TIMESTAMP - to_hours(i % 20000), $now::TIMESTAMP, $now::DATE, 'new', CASE WHEN i > 300 THEN $now::TIMESTAMP - INTERVAL 1 HOUR END, NULL FROM range(20000) t(i)",
    "INSERT INTO score SELECT strftime($now::DATE - (w * 7)::INTEGER, '%G-W%V'), 0, 'u' || u, 'county', 100, 5, 0, 95 - u % 30, 95, u % 20 = 0, '合格', u, 50, 20, 21, '1', 'x', '1', $now::TIMESTAMP, $now::TIMESTAMP FROM range({weeks}) a(w), range({units}) b(u)",
    "INSERT INTO deduction SELECT 'D-' || w || '-' || u || '-' || k, strftime($now::DATE - (w * 7)::INTEGER, '%G-W%V'), 0, 'L-DEAD', 'u' || u, 's' || u, NULL, 'F' || (w * 400 + k), '条款', 'project_default', '事实', NULL, 1, 0.5, 0.5, 0.5, NULL, false, 'confirmed' FROM range({weeks}) a(w), range({units}) b(u), range(8) c(k)",
    "INSERT INTO indicator_result SELECT strftime($now::DATE - (w * 7)::INTEGER, '%G-W%V'), 0, 'I' || k, 'u' || u, 's' || u, NULL, true, NULL, 1, 'ok', '事实', 0 FROM range({weeks}) a(w), range({units}) b(u), range(21) c(k)",
)

QUESTIONS: dict[str, Callable[[store.Reader], Any]] = {
    "页眉": overview.frame,
    "在管对象": lambda r: overview.targets(r, TODAY),
    "当前可用": lambda r: overview.availability_now(r, TODAY),
    "24 小时可用性": lambda r: overview.availability_strips(r, NOW),
    "30 天新增": lambda r: overview.findings_by_aspect(r, NOW),
    "单位矩阵": lambda r: overview.unit_matrix(r, TODAY),
    "IPv6 合计": overview.ipv6_total,
    "本周到期": lambda r: due.matters(r, Calendar(), week_of(TODAY), NOW),
    "未办结预警": warnings.open_warnings,
    "否决风险": warnings.veto_units,
    "周得分": lambda r: scores.stored_scores(r, WEEK),
    "12 周走势": lambda r: scores.history(r, WEEK, 12),
    "扣分明细": lambda r: scores.deductions(r, WEEK, "u3"),
    "扣分最多": lambda r: scores.top_deductions(r, WEEK),
    "指标结果": lambda r: scores.results(r, WEEK, "u3"),
    "栏目计数": channels.counts,
    "栏目清单": lambda r: channels.listed(r, "overdue"),
    "栏目日历": lambda r: channels.matrix(r, TODAY, 60, 18),
    "死链按主机": links.by_host,
    "死链走势": lambda r: links.trend(r, NOW, 60),
    "采集器": collection.collectors,
    "采集 14 天": lambda r: collection.runs_by_day(r, TODAY),
    "采集缺口": collection.gaps,
}


def fill(con: duckdb.DuckDBPyConnection, *_: object) -> None:
    sizes = {
        "units": 60,
        "sites": SITES,
        "days": DAYS,
        "hours": 24 * 400,
        "findings": FINDINGS,
        "weeks": WEEKS,
    }
    for statement in FILL:
        text = statement.format(**sizes)
        values = {"now": NOW} if "$now" in text else None
        if "SELECT" not in text.split("(", 1)[0]:
            con.execute(text, values)  # names its own columns
            continue
        table, select = text.removeprefix("INSERT INTO ").split(" ", 1)
        given = len(con.execute(f"DESCRIBE {select}", values).fetchall())
        columns = [row[0] for row in con.execute(f"DESCRIBE {table}").fetchall()][:given]
        names = ", ".join(f'"{name}"' for name in columns)  # columns added since stay empty
        con.execute(f"INSERT INTO {table} ({names}) {select}", values)


def run() -> None:
    """Print the p95 of every question."""
    with tempfile.TemporaryDirectory() as name:
        data = DataDir(Path(name))
        store.load(data, NOW, after_merge=fill, force=True)
        size = data.database.stat().st_size / 1e6
        print(
            f"页面查询，{DAYS // 365} 年 × {SITES} 网站 × {FINDINGS} 问题，数据库 {size:.0f} MB，各 {ROUNDS} 次的 95 分位（目标 < {LIMIT_MS} 毫秒）"
        )
        with store.reader(data) as reader:
            for label, question in QUESTIONS.items():
                question(reader)
                times = []
                for _ in range(ROUNDS):
                    started = time.perf_counter()
                    question(reader)
                    times.append((time.perf_counter() - started) * 1000)
                p95 = statistics.quantiles(times, n=20)[-1]
                print(f"  {label:<14} {p95:7.1f} 毫秒{'  ← 超过目标' if p95 >= LIMIT_MS else ''}")


if __name__ == "__main__":
    run()
