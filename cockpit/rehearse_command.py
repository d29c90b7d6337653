"""`python -m cockpit rehearse`: 若今天抽查, which sites, accounts and units would fail and because of which clause."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import datetime

from cockpit import clock, pipeline, plain, store
from cockpit.appraise.indicators import NATURES, OBJECTS, OFFICIAL, load_rules
from cockpit.appraise.judge import evaluate
from cockpit.appraise.rehearsal import Clause, Count, Rehearsal, rehearse
from cockpit.causes import causes
from cockpit.paths import DataDir, data_dir
from cockpit.store.queries import scores
from cockpit.workdays import Calendar


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def main(args: argparse.Namespace) -> int:
    data, now = data_dir(args.data), clock.now(args.as_of)
    if store.pending_batches(data):
        pipeline.load_all(data, now)
    found = of_today(data, now)
    with store.reader(data) as reader:
        names = scores.object_names(reader)
    print(_json(found) if args.json else _told(found, names))
    return 0


def of_today(data: DataDir, now: datetime) -> Rehearsal:
    """The rehearsal of the published version at an instant."""
    with store.reader(data) as reader:
        results = evaluate(reader, load_rules(data.rules), now, Calendar.load(data.calendar))
        return rehearse(results, scores.recent_values(reader), clock.local_day(now))


def sentence(c: Count) -> str:
    """One kind of object in one sentence."""
    missed = f"，另有 {c.unmeasured} 个未采集、不在数内" if c.unmeasured else ""
    return (
        f"{c.total - c.unmeasured} 个{OBJECTS[c.object]}中 {c.failing} 个不合格、{c.near} 个接近红线{missed}"
    )


def _json(found: Rehearsal) -> str:
    groups = {"failing": found.failing, "near": found.near, "unmeasured": found.unmeasured}
    told = {name: [asdict(c) for c in group] for name, group in groups.items()}
    counts = [asdict(c) for c in found.counts]
    return plain.as_json({"day": found.day, "counts": counts, **told}, default=str)


def _told(found: Rehearsal, names: dict[str, str]) -> str:
    if not any(c.total for c in found.counts):
        return f"若今天（{found.day}）抽查：台账里还没有网站和账号，没有可以预演的。"
    lines = [f"若今天（{found.day}）抽查：" + "；".join(sentence(c) for c in found.counts if c.total) + "。"]
    if found.failing:
        lines.append("不合格，因为：")
        lines += [f"  {names.get(c.code, c.code)}\t{_clause(c)}\t{c.fact}" for c in found.failing]
    if found.near:
        lines.append("不处理就会触线：")
    for c in found.near:
        when = f"{c.crosses_on}（{c.basis}）" if c.crosses_on else "没有变差趋势"
        lines.append(f"  {names.get(c.code, c.code)}\t{_clause(c)}\t{c.distance}\t{when}")
    if found.unmeasured:
        lines.append(f"未采集 {len(found.unmeasured)} 项，不算合格也不算不合格：")
        table = causes()
        for c in found.unmeasured:
            label = table[c.cause].label if c.cause in table else c.cause
            lines.append(f"  {names.get(c.code, c.code)}\t{_clause(c)}\t{label}")
    return "\n".join(lines)


def _clause(c: Clause) -> str:
    """Number and name of a clause, with its nature where that is not official."""
    return f"{c.indicator} {c.name}" + ("" if c.nature in OFFICIAL else f"（{NATURES[c.nature]}）")
