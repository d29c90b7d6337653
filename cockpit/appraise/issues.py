"""Issues (期): a week's facts, rules and scores frozen together, corrected only by a new revision, and proved again.

What is frozen: the value of every indicator for every object (indicator_result), every fact behind it
(frozen_evidence), what was due in the week (due_matter), the text of the rules, registers and calendar (issue_file),
the scores and the deductions. Digests over the rows make a later change visible. `recompute` scores the frozen facts by the frozen rules.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cockpit import __version__, tabular
from cockpit.appraise import due
from cockpit.appraise.indicators import Rules, parse_rules
from cockpit.appraise.judge import Result
from cockpit.appraise.moment import Evidence, Measured
from cockpit.appraise.score import WeekResult, facts_until, rows, score_results
from cockpit.paths import DataDir
from cockpit.store.queries import issues as stored
from cockpit.store.reader import Reader

INDICATORS = "rules/indicators.toml"
# What may differ between two computations of one week without any number being different.
_STAMPS = frozenset({"computed_at", "code_version", "facts_until", "week", "revision", "state"})
RESULT_TABLES = ("score", "deduction", "bonus_row", "object_score")
FACT_TABLES = ("indicator_result", "frozen_evidence")
DUE_TABLES = (due.TABLE,)

Rows = list[tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Difference:
    """One field that is not what was stored. key: unit or deduction."""

    table: str
    key: str
    field: str
    stored: Any
    again: Any


@dataclass(frozen=True)
class Kept:
    """What an issue keeps besides its scores. due: rows of due_matter, None for an issue that never kept any."""

    files: Mapping[str, str]
    due: Sequence[Mapping[str, Any]] | None


def frozen_files(data: DataDir) -> dict[str, str]:
    """The texts a week is judged by: rules, registers, calendar exceptions."""
    folders = {"rules": data.rules, "registry": data.registry, "calendar": data.calendar}
    return {
        f"{name}/{path.name}": tabular.decode(path.read_bytes())
        for name, folder in folders.items()
        for path in sorted(folder.glob("*"))
        if path.suffix in {".csv", ".toml"}
    }


def issue_rows(
    result: WeekResult,
    rules: Rules,
    kept: Kept,
    *,
    actor: str,
    now: datetime,
    reason: str | None,
) -> Rows:
    """Everything one closing writes."""
    head = {"week": result.week, "revision": result.revision}
    out = rows(result, rules, now) + [("frozen_evidence", {**head, **row}) for row in _evidence_rows(result)]
    out += [
        ("issue_file", {**head, "file_name": name, "content": text, "content_sha256": _sha(text)})
        for name, text in sorted(kept.files.items())
    ]
    out += [(due.TABLE, {**row, **head}) for row in kept.due or ()]
    issue = {
        **head,
        "closed_at": now,
        "actor": actor,
        "reason": reason,
        "facts_until": facts_until(result.week, now),
        "rules_version": rules.version,
        "rules_sha256": rules.sha256,
        "code_version": __version__,
        "facts_sha256": digest(out, FACT_TABLES),
        "results_sha256": digest(out, RESULT_TABLES),
        "due_sha256": None if kept.due is None else digest(out, DUE_TABLES),
    }
    return [*out, ("issue", issue)]


def _evidence_rows(result: WeekResult) -> Iterable[dict[str, Any]]:
    for r in result.results:
        for number, e in enumerate(r.measured.rows):
            yield {
                "indicator_id": r.indicator.id,
                "unit_code": r.measured.unit_code,
                "site_code": r.measured.code if r.indicator.object == "site" else None,
                "account_code": r.measured.code if r.indicator.object == "account" else None,
                "number": number,
                "fact": e.fact,
                "finding_id": e.finding_id,
                "evidence_url": e.url,
                "first_seen": e.first_seen,
                "quantity": e.quantity,
                "kept": e.kept,
            }


def digest(found: Iterable[tuple[str, Mapping[str, Any]]], tables: Sequence[str]) -> str:
    """SHA-256 over the rows of some tables in a canonical order, stamps left out."""
    lines = sorted(_line(table, row) for table, row in found if table in tables)
    return _sha("\n".join(lines))


def _line(table: str, row: Mapping[str, Any]) -> str:
    kept = {k: _plain(v) for k, v in row.items() if k not in _STAMPS and v is not None}
    return table + json.dumps(kept, ensure_ascii=False, default=str, sort_keys=True)


def _plain(value: Any) -> Any:
    """A count is the same number whether it was an integer before it was stored or not."""
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# --- proving an issue again ----------------------------------------------------------------------------


def stored_rows(reader: Reader, week: str, revision: int, tables: Sequence[str]) -> Rows:
    """The frozen rows of an issue as (table, row)."""
    return [(table, row) for table in tables for row in stored.frozen(reader, table, week, revision)]


def tampered(reader: Reader, issue: Mapping[str, Any]) -> list[str]:
    """The parts of an issue whose rows are no longer what its digests say."""
    week, revision = issue["week"], issue["revision"]
    checks = (
        ("封存的事实", FACT_TABLES, issue["facts_sha256"]),
        ("得分与扣分明细", RESULT_TABLES, issue["results_sha256"]),
        ("到期事项", DUE_TABLES, issue["due_sha256"]),
    )
    wrong = [
        name
        for name, tables, said in checks
        if said is not None and digest(stored_rows(reader, week, revision, tables), tables) != said
    ]
    wrong += [
        f"{name} 的原文"
        for name, (text, said) in sorted(stored.kept_files(reader, week, revision).items())
        if _sha(text) != said or (name == INDICATORS and said != issue["rules_sha256"])
    ]
    return wrong


def rules_of(reader: Reader, week: str, revision: int) -> Rules:
    """The rules an issue was closed with."""
    text = stored.files(reader, week, revision).get(INDICATORS, "")
    return parse_rules(text.encode(), Path(f"{week} 第 {revision} 次封存的 {INDICATORS}"))


def frozen_results(reader: Reader, rules: Rules, week: str, revision: int) -> list[Result]:
    """The evaluated indicators of an issue, from its frozen rows."""
    behind: dict[tuple[Any, ...], list[Evidence]] = {}
    for row in sorted(stored.frozen(reader, "frozen_evidence", week, revision), key=lambda r: r["number"]):
        evidence = Evidence(
            row["fact"],
            row["finding_id"],
            row["evidence_url"],
            row["first_seen"],
            row["quantity"],
            row["kept"],
        )
        behind.setdefault(_key(row), []).append(evidence)
    return [
        _result(rules, row, tuple(behind.get(_key(row), ())))
        for row in stored.frozen(reader, "indicator_result", week, revision)
        if row["indicator_id"]
        in rules.indicators  # always, unless these are other rules than the frozen ones
    ]


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["indicator_id"], row["unit_code"], row["site_code"], row["account_code"]


def _result(rules: Rules, row: Mapping[str, Any], evidence: tuple[Evidence, ...]) -> Result:
    indicator = rules.indicators[row["indicator_id"]]
    code = row["site_code"] or row["account_code"] or row["unit_code"]
    measured = Measured(
        code,
        row["unit_code"],
        row["value"],
        row["fact"] or "",
        evidence,
        None if row["measured"] else row["cause"],
    )
    level = indicator.level(measured.value) if measured.value is not None else None
    return Result(indicator, measured, level, bool(row["veto_lifted"]))


def score_frozen(reader: Reader, week: str, revision: int) -> tuple[WeekResult, Rules]:
    """Score the frozen facts of an issue by its frozen rules."""
    rules = rules_of(reader, week, revision)
    return score_by(reader, rules, week, revision), rules


def score_by(reader: Reader, rules: Rules, week: str, revision: int) -> WeekResult:
    """Score the frozen facts of an issue by any rules; indicators that these do not have are left out."""
    units = [
        {"unit_code": row["unit_code"], "unit_group": row["unit_group"]}
        for row in stored.frozen(reader, "score", week, revision)
    ]
    return score_results(frozen_results(reader, rules, week, revision), units, rules, week, revision)


def differences(before: Rows, after: Rows, tables: Sequence[str] = RESULT_TABLES) -> list[Difference]:
    """Every field in which two sets of rows of one week differ; a row only one side has differs as a whole."""
    old, new = _by_key(before, tables), _by_key(after, tables)
    out: list[Difference] = []
    for key in sorted(old.keys() | new.keys()):
        a, b = old.get(key), new.get(key)
        if a is None or b is None:
            out.append(Difference(*key, "", a and _short(a), b and _short(b)))
            continue
        fields = sorted((a.keys() | b.keys()) - _STAMPS)
        out += [Difference(*key, f, a.get(f), b.get(f)) for f in fields if a.get(f) != b.get(f)]
    return out


def _by_key(found: Rows, tables: Sequence[str]) -> dict[tuple[str, str], dict[str, Any]]:
    def key(row: Mapping[str, Any]) -> str:
        if own := row.get("deduction_id") or row.get("bonus_id"):
            return own
        parts = (
            row.get("indicator_id"),
            row["unit_code"],
            row.get("site_code"),
            row.get("account_code"),
            row.get("number"),
            row.get("warning_id"),
            row.get("application_id"),
            row.get("opened_at"),
        )
        return " ".join(str(p) for p in parts if p is not None)

    return {(table, key(row)): dict(row) for table, row in found if table in tables}


def _short(row: Mapping[str, Any]) -> str:
    return str(
        row.get("fact") or row.get("title") or row.get("due_on") or row.get("score") or row.get("value")
    )
