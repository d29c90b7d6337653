"""体检: what is wrong with an installation and how to mend it. Each check is one function in one table."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from cockpit import autoclose, registry, store
from cockpit.appraise import indicators, namesakes
from cockpit.clock import to_local
from cockpit.errors import CockpitError
from cockpit.paths import CHECKOUT, DataDir
from cockpit.store.audit_check import verify
from cockpit.store.queries.issues import digests
from collectors.schedule_plan import load_plan

MARKS: Mapping[str, str] = MappingProxyType({"ok": "✓", "notice": "●", "wrong": "✕"})
LEAST_FREE_GB = 1.0
STALE_HOURS = 48


@dataclass(frozen=True)
class Check:
    """One examined thing. state: ok, notice (works, but know this) or wrong (mend it)."""

    name: str
    state: str
    fact: str
    remedy: str = ""


def examine(data: DataDir, now: datetime) -> list[Check]:
    """Run every check; a check that meets a CockpitError reports it as wrong."""
    return [_guarded(name, check, data, now) for name, check in CHECKS.items()]


def _guarded(name: str, check: Callable[[DataDir, datetime], Check], data: DataDir, now: datetime) -> Check:
    try:
        return check(data, now)
    except CockpitError as error:
        return Check(name, "wrong", str(error))


def _python(_data: DataDir, _now: datetime) -> Check:
    return Check("Python", "ok", f"版本 {'.'.join(map(str, sys.version_info[:3]))}（需要 3.11 以上）")


def _packages(_data: DataDir, _now: datetime) -> Check:
    pins = re.findall(
        r"^([\w.-]+)==([\w.]+)", (CHECKOUT / "requirements.txt").read_text("utf-8"), re.MULTILINE
    )
    wrong = []
    for name, wanted in pins:
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            wrong.append(f"缺少 {name}")
        else:
            if found != wanted:
                wrong.append(f"{name} 是 {found}，应为 {wanted}")
    if wrong:
        return Check("依赖", "wrong", "；".join(wrong), "请运行 .venv/bin/pip install -r requirements.txt")
    return Check("依赖", "ok", f"{len(pins)} 个依赖的版本与 requirements.txt 一致")


def _disk(data: DataDir, _now: datetime) -> Check:
    folder = data.root
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 1e9
    if not os.access(folder, os.W_OK):
        return Check(
            "数据目录", "wrong", f"{folder} 不可写", "请用有写权限的用户运行，或用 --data 换一个目录"
        )
    if free < LEAST_FREE_GB:
        return Check(
            "数据目录", "wrong", f"{folder} 只剩 {free:.1f} GB", "请清理磁盘；入库需要一份数据库副本的空间"
        )
    kind = "演示数据" if data.is_demo else "采集数据"
    return Check("数据目录", "ok", f"{data.root}（{kind}），剩余 {free:.0f} GB")


def _rules(data: DataDir, _now: datetime) -> Check:
    rules = indicators.load_rules(data.rules)
    used = []
    if store.version(data) is not None:
        with store.reader(data) as reader:
            used = digests(reader)
    if same := namesakes.warning(rules, used):
        return Check("指标口径", "notice", same, namesakes.REMEDY)
    return Check(
        "指标口径", "ok", f"{rules.version}，{len(rules.indicators)} 项指标，sha256 {rules.sha256[:12]}"
    )


def _register(data: DataDir, now: datetime) -> Check:
    register = registry.load_register(data)
    sites = len(register.active_sites(to_local(now).date()))
    fact = f"{len(register.units)} 个责任单位、{sites} 个在用网站、{len(register.accounts)} 个新媒体账号"
    unverified = sum(not site.verified for site in register.sites)
    if not sites:
        return Check(
            "台账", "notice", fact, "还没有在用网站：请在 registry/sites.csv 登记，或运行 registry import"
        )
    if unverified:
        return Check(
            "台账", "notice", f"{fact}；{unverified} 个网站的域名未核实", "请核对后把“域名已核实”改为“是”"
        )
    return Check("台账", "ok", fact)


def _database(data: DataDir, _now: datetime) -> Check:
    if store.version(data) is None:
        return Check("数据库", "notice", "还没有发布数据", "先采集，再运行 python -m cockpit load")
    with store.reader(data) as reader:
        origin = reader.one("SELECT value FROM meta WHERE key = 'origin'") or {"value": ""}
        batches = reader.one("SELECT count(*) AS n FROM batch") or {"n": 0}
        expected = "demo" if data.is_demo else "collected"
        if origin["value"] != expected:
            return Check(
                "数据库",
                "wrong",
                "数据库与目录的数据性质不一致（演示/采集）",
                "请勿手工移动数据库或 DEMO 标记；运行 python -m cockpit rebuild",
            )
        return Check("数据库", "ok", f"{reader.version}，已入库 {batches['n']} 个批次")


def _spool(data: DataDir, _now: datetime) -> Check:
    waiting = store.pending_batches(data)
    rejected = len(list(data.rejected.glob("*.parquet"))) if data.rejected.is_dir() else 0
    if rejected:
        return Check(
            "暂存批次", "wrong", f"{rejected} 个批次被拒收", f"原因见 {data.rejected} 下的 .reason.txt"
        )
    if waiting:
        return Check("暂存批次", "notice", f"{waiting} 个批次待入库", "请运行 python -m cockpit load")
    return Check("暂存批次", "ok", "没有积压，也没有拒收")


def _freshness(data: DataDir, now: datetime) -> Check:
    if store.version(data) is None:
        return Check("采集时效", "notice", "还没有采集", "请运行 python -m collectors all 或 schedule")
    with store.reader(data) as reader:
        row = reader.one("SELECT max(ended_at) AS latest FROM run") or {"latest": None}
    if row["latest"] is None:
        return Check("采集时效", "notice", "还没有采集运行记录", "请运行 python -m collectors all")
    age = now - row["latest"]
    moment = f"{to_local(row['latest']):%Y-%m-%d %H:%M}"
    if age > timedelta(hours=STALE_HOURS):
        return Check(
            "采集时效",
            "wrong",
            f"最近一次采集在 {moment}，已超过 {STALE_HOURS} 小时",
            "请检查 python -m collectors schedule 是否在运行",
        )
    return Check("采集时效", "ok", f"最近一次采集在 {moment}")


def _closing(data: DataDir, now: datetime) -> Check:
    plan = load_plan(data.rules)
    if plan.closing is None:
        return Check("每周封存", "ok", "自动封存已关闭，由人运行 close-week")
    if store.version(data) is None:
        return Check("每周封存", "ok", f"{plan.closing.name} 起采齐即封，还没有数据")
    with store.reader(data) as reader:
        found = autoclose.examine(reader, plan, now)
    waiting = [w for w in found if w.state == "waiting"]
    if waiting:
        fact = "；".join(f"{w.week} 还缺 {len(w.missing)} 项采集" for w in waiting)
        return Check("每周封存", "notice", fact, autoclose.told(waiting[0]))
    return Check("每周封存", "ok", f"{plan.closing.name} 起采齐即封，没有拖着的周")


def _trail(data: DataDir, _now: datetime) -> Check:
    verdict = verify(data)
    number, digest = verdict.head
    if not verdict.sound:
        return Check(
            "操作留痕",
            "wrong",
            f"留痕不符：{'；'.join(verdict.faults)}",
            "请保留现场，运行 python -m cockpit verify-audit --deep 查明",
        )
    fact = f"{verdict.entries} 条逐条相连" + (f"，最新 {number}:{digest[:16]}" if verdict.entries else "")
    if verdict.entries and verdict.notes:
        return Check(
            "操作留痕",
            "notice",
            f"{fact}；{'；'.join(verdict.notes)}",
            "请运行 python -m cockpit verify-audit 查看",
        )
    return Check("操作留痕", "ok", fact)


CHECKS: Mapping[str, Callable[[DataDir, datetime], Check]] = MappingProxyType(
    {
        "Python": _python,
        "依赖": _packages,
        "数据目录": _disk,
        "指标口径": _rules,
        "台账": _register,
        "数据库": _database,
        "暂存批次": _spool,
        "操作留痕": _trail,
        "采集时效": _freshness,
        "每周封存": _closing,
    }
)
