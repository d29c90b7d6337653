"""立即复测: run the collector that measures one warning's matter, load what it saw, and tell how it came out.

A warning is closed by nothing but the measured facts; this only has them measured now instead of tonight.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from cockpit import pipeline, store
from cockpit.appraise import actions
from cockpit.causes import causes
from cockpit.errors import CockpitError
from cockpit.paths import CHECKOUT, DataDir
from cockpit.store.queries import warnings

SECONDS = 1800
NOT_IN_DEMO = "演示数据里的网站是虚构的，不能复测"
# Aspect → the collector that looks at it and its arguments; what is not here comes from registers.
COLLECTOR: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "availability": ("probe",),
        "ipv6": ("ipv6",),
        "certificate": ("certificate",),
        **dict.fromkeys(("links", "hidden", "channels", "tags", "wording", "privacy"), ("patrol", "--fresh")),
    }
)
OUTCOMES = {"passed": "复查通过", "failed": "复查未通过", "unmeasured": "没有采到"}


@dataclass(frozen=True)
class Outcome:
    """How a re-check came out: passed, failed or unmeasured (with a cause)."""

    warning_id: str
    result: str
    level: str | None
    state: str
    title: str
    told: str


def recheck(
    data: DataDir,
    warning_id: str,
    *,
    actor: str,
    now: datetime,
    allow_private: bool = False,
    hosts: str | None = None,
) -> Outcome:
    """Measure the matter of one open warning now. Raises CockpitError where no collector can."""
    if data.is_demo:
        raise CockpitError(NOT_IN_DEMO)
    with store.reader(data) as reader:
        warning = warnings.one(reader, warning_id)
    if warning is None:
        raise CockpitError(f"没有预警 {warning_id}")
    if warning["closed_at"] is not None:
        raise CockpitError(f"预警 {warning_id} 已办结，不需要复测")
    if warning["aspect"] not in COLLECTOR or not warning["site_code"]:
        raise CockpitError(
            "这一项来自台账，没有采集器可以复测。请更新并导入台账，再运行 python -m cockpit load"
        )
    _collect(data, warning, now, allow_private, hosts)
    pipeline.load_all(data, now)
    outcome = _outcome(data, warning, now)
    actions.act(
        data, warning, "recheck", actor=actor, now=now, reason=f"{OUTCOMES[outcome.result]}：{outcome.told}"
    )
    pipeline.load_all(data, now)
    return outcome


def _collect(
    data: DataDir, warning: Mapping[str, Any], now: datetime, allow_private: bool, hosts: str | None
) -> None:
    """Run the collector as a process of its own, so that nothing it does can take a screen down."""
    name, *extra = COLLECTOR[warning["aspect"]]
    words = [
        sys.executable,
        "-m",
        "collectors",
        name,
        *extra,
        "--site",
        warning["site_code"],
        "--quiet",
        "--json",
    ]
    words += ["--data", str(data.root), "--as-of", f"{now.isoformat()}+00:00"]
    words += ["--allow-private"] if allow_private else []
    words += ["--hosts", hosts] if hosts else []
    try:
        done = subprocess.run(
            words, cwd=CHECKOUT, env=os.environ, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise CockpitError(f"复测超过 {SECONDS // 60} 分钟没有完成，已停止；原有状态不变") from error
    if done.returncode == 2:
        told = (done.stderr or done.stdout).strip().splitlines()
        raise CockpitError(f"复测没有进行：{told[-1] if told else '采集器没有说明原因'}")


def _outcome(data: DataDir, before: Mapping[str, Any], now: datetime) -> Outcome:
    with store.reader(data) as reader:
        after = warnings.one(reader, before["warning_id"]) or dict(before)
        looks = warnings.looks(reader, before["warning_id"])
        cause = warnings.last_cause(reader, before)
    if after["closed_at"] is not None:
        result, told = "passed", "已办结"
    elif any(at >= now for at in looks) or (looks and looks[-1] > before["last_seen"]):
        result, told = "failed", after["title"]
    else:
        named = causes().get(cause or "")
        result, told = "unmeasured", f"{named.label}，{named.remedy}" if named else "没有采到，原有状态不变"
    return Outcome(before["warning_id"], result, after["level"], after["state"], after["title"], told)
