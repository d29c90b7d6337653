"""复算.py — proves a bundle (考核包) from the bundle alone; needs nothing but Python 3.11.

    python 复算.py 考核包.zip        (or the folder it was unpacked into)

It checks every digest, then computes every score again from 10_计分依据.csv and 口径.toml and compares with
01_单位得分.csv and 02_扣分明细.csv, and counts again from 04 and 05 what was due and in time. Written apart from
the program that scored, so that an error in one shows in the other. Exit code 0: everything agrees, 1: it does not, 2: not a bundle.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
import tomllib
import zipfile
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

CENT = Decimal("0.01")
DEMO = "演示数据_"
MOST_BYTES, MOST_FILES, SHOWN = 400_000_000, 200, 20
FILES = ("01_单位得分.csv", "02_扣分明细.csv", "10_计分依据.csv", "口径.toml", "meta.json", "SHA256SUMS")
ADDED = "11_加分明细.csv"
ALONE = "12_对象得分.csv"
CAPPED, FACTOR, FOLDED = "封顶后扣分（分）", "折算系数", "折算后扣分（分）"
RATES = (
    ("整改按期", "04_预警处置.csv", "计入整改按期率", "限期", "办结时间"),
    ("答复按期", "05_依申请公开.csv", "计入按期答复率", "答复期限", "答复日期"),
)
SYSTEM = {2: "没有这个文件", 13: "没有权限", 36: "文件名太长", 40: "链接指来指去，没有尽头"}


class NoBundleError(Exception):
    """The file is not a bundle; the message says why, in Chinese."""


def read(path: Path) -> dict[str, bytes]:
    """File name → content of a ZIP or a folder. Raises NoBundleError."""
    try:
        if path.is_dir():
            return {p.name: p.read_bytes() for p in sorted(path.iterdir()) if p.is_file()}
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_FILES or sum(e.file_size for e in entries) > MOST_BYTES:
                raise NoBundleError(f"{path.name} 解开后过大，不像考核包")
            return {e.filename: archive.read(e) for e in entries}
    except OSError as error:
        raise NoBundleError(
            f"{path} 读不了（{SYSTEM.get(error.errno, f'系统错误 {error.errno}')}）。请检查路径和权限"
        ) from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise NoBundleError(f"{path.name} 不是完整的 ZIP 文件。请重新下载，或重新导出考核包") from error


def verify(files: dict[str, bytes]) -> dict:
    """{"same", "checks": [{"name", "ok", "text"}], "differences": [{"file", "key", "field", "stored", "again"}]}."""
    plain = {name.removeprefix(DEMO): content for name, content in files.items()}
    missing = [name for name in FILES if name not in plain]
    if missing:
        raise NoBundleError(f"缺少 {'、'.join(missing)}，不是完整的考核包。请给出考核包的 ZIP 或解开后的目录")
    try:
        meta = json.loads(plain["meta.json"])
        checks = [_digests(files, plain), _rules(plain, meta)]
        scores, lost = (_table(plain[name]) for name in FILES[:2])
        points = _points(plain[FILES[1]])
        differences = _sums(scores, lost, "扣分（分）", points)
        if ADDED in plain:  # bundles made before 11 was kept have none
            differences += _sums(scores, _table(plain[ADDED]), "加分（分）", "封顶后加分（分）")
        differences += [d for rate in RATES for d in _in_time(plain, meta, *rate)]
        whole = not meta.get("责任单位")
        if meta.get("封存"):
            differences += _recompute(plain, scores, lost, whole, points)
    except (ValueError, KeyError, ArithmeticError, TypeError, AttributeError, csv.Error) as error:
        raise NoBundleError(f"考核包的内容不合格式（{type(error).__name__}：{error}）") from error
    verdict = f"{len(differences)} 处不同" if differences else "全部一致"
    text = f"{len(scores)} 个单位、{len(lost)} 条扣分，{verdict}"
    text += "" if meta.get("封存") else "；本周未封存，只核对合计"
    checks.append({"name": "复算得分", "ok": not differences, "text": text})
    head = {"week": meta.get("期次"), "revision": meta.get("更正号"), "batch": meta.get("批次号")}
    return {**head, "same": all(c["ok"] for c in checks), "checks": checks, "differences": differences}


def _digests(files: dict[str, bytes], plain: dict[str, bytes]) -> dict:
    said = {}
    for line in plain["SHA256SUMS"].decode("utf-8").splitlines():
        digest, _, name = line.partition("  ")
        said[name] = digest
    wrong = [
        n for n, digest in said.items() if n not in files or hashlib.sha256(files[n]).hexdigest() != digest
    ]
    wrong += [n for n in files if n not in said and n not in {"meta.json", "SHA256SUMS"}]
    text = f"{len(said)} 个文件" + (f"，不符：{'、'.join(wrong)}" if wrong else "，全部相符")
    return {"name": "文件校验和", "ok": not wrong, "text": text}


def _rules(plain: dict[str, bytes], meta: dict) -> dict:
    right = hashlib.sha256(plain["口径.toml"]).hexdigest() == meta["规则集SHA256"]
    return {"name": "规则口径", "ok": right, "text": f"与 meta.json 的摘要{'相符' if right else '不符'}"}


def _points(content: bytes) -> str:
    """The column of the points that count; bundles made before the factor was told have another heading."""
    head = content.decode("utf-8-sig").split("\n", 1)[0]
    return FOLDED if FOLDED in head else CAPPED


def _table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def _difference(file: str, key: str, field: str, stored: str, again: str) -> dict:
    return {"file": file, "key": key, "field": field, "stored": stored, "again": again}


def _sums(scores: list[dict], rows: list[dict], whole: str, part: str) -> list[dict]:
    """The rows of a unit add up to what was taken off, or added to, its score."""
    sums: dict[str, Decimal] = {}
    for row in rows:
        sums[row["单位编码"]] = sums.get(row["单位编码"], Decimal(0)) + Decimal(row[part])
    wrong = []
    for row in scores:
        total = sums.get(row["单位编码"], Decimal(0))
        if total != Decimal(row[whole] or "0"):
            wrong.append(_difference(FILES[0], row["单位编码"], whole, row[whole], f"{total:.2f}"))
    return wrong


def _in_time(plain: dict, meta: dict, name: str, file: str, counted: str, term: str, done: str) -> list[dict]:
    """How many matters were due and how many in time, by the days in their file; older issues kept neither."""
    if not meta.get(name):
        return []
    rows = [row for row in _table(plain[file]) if row[counted] == "是"]
    good = sum(bool(row[done]) and row[done][:10] <= row[term] for row in rows)
    said = {f: str(n) for f, n in meta[name].items()}
    return _unequal(file, name, said, {"到期": str(len(rows)), "按期": str(good)})


# --- the scores again, from the facts and the rules ----------------------------------------------------


class Result:
    """One indicator of one object, from its lines of 10_计分依据."""

    def __init__(self, line: dict[str, str], rule: dict) -> None:
        self.rule, self.unit, self.code = rule, line["单位编码"], line["对象编码"]
        self.value = float(line["指标值"]) if line["指标值"] else None
        self.applies = line["未采集原因"] != "not_applicable"
        self.lifted = line["否决已撤销"] == "是"
        self.rows: list[dict[str, str]] = []

    def reaches(self, limit: float | None) -> bool:
        if limit is None or self.value is None:
            return False
        return self.value >= limit if self.rule["compare"] == ">=" else self.value < limit

    @property
    def weight(self) -> float:
        return self.rule["cap"] if self.rule.get("role", "deduct") == "deduct" else 0.0

    @property
    def vetoed(self) -> bool:
        return (
            self.rule.get("role", "deduct") == "deduct"
            and self.reaches(self.rule.get("veto"))
            and not self.lifted
        )


def _recompute(plain: dict, scores: list[dict], lost: list[dict], whole: bool, column: str) -> list[dict]:
    rules = tomllib.loads(plain["口径.toml"].decode("utf-8"))
    by_unit = _results(_table(plain[FILES[2]]), {i["id"]: i for i in rules["indicator"]})
    again = {row["单位编码"]: _score(by_unit.get(row["单位编码"], []), rules) for row in scores}
    wrong = []
    for row in scores:
        mine = again[row["单位编码"]]
        fields = _fields(mine, _rank(row, scores, again) if whole else None)
        wrong += _unequal(FILES[0], row["单位编码"], row, fields)
    points = {key: value for mine in again.values() for key, value in mine["lost"].items()}
    said = {r["扣分编号"]: Decimal(r[column]) for r in lost if r["是否单项否决"] == "否"}
    wrong += [
        _difference(FILES[1], key, column, _shown(said.get(key)), _shown(points.get(key)))
        for key in sorted(said.keys() | points.keys())
        if said.get(key) != points.get(key)
    ]
    if column == FOLDED:
        wrong += _steps(lost, {key: step for mine in again.values() for key, step in mine["steps"].items()})
    if ALONE in plain:
        wrong += _alone(_table(plain[ALONE]), by_unit, rules)
    vetoes = sorted((r["单位编码"], r["指标编号"]) for r in lost if r["是否单项否决"] == "是")
    mine = sorted((unit, name) for unit, found in again.items() for name in found["vetoes"])
    if vetoes != mine:
        wrong.append(_difference(FILES[1], "单项否决", "是否单项否决", str(len(vetoes)), str(len(mine))))
    return wrong


def _steps(lost: list[dict], steps: dict[str, tuple[Decimal, float, bool]]) -> list[dict]:
    """The cap and the factor told beside every lost point are those it was worked out with."""
    wrong = []
    for row in lost:
        step = steps.get(row["扣分编号"])
        if row["是否单项否决"] == "是" or step is None:
            continue
        capped, factor, every = step
        pairs = ((FACTOR, factor), (CAPPED, float(capped))) if every else ((FACTOR, factor),)
        wrong += [
            _difference(FILES[1], row["扣分编号"], name, row[name], f"{value:.6f}")
            for name, value in pairs
            if abs(float(row[name] or "nan") - value) > 0.000001 or not row[name]
        ]
    return wrong


def _alone(rows: list[dict], by_unit: dict[str, list[Result]], rules: dict) -> list[dict]:
    """The score of every site and account by what was measured on it alone."""
    found: dict[tuple[str, str], list[Result]] = {}
    for unit, results in by_unit.items():
        for r in results:
            found.setdefault((unit, r.code), []).append(r)
    wrong = []
    for row in rows:
        mine = _score(found.get((row["单位编码"], row["对象编码"]), []), rules)
        fields = {"是否单项否决": "是" if mine["vetoes"] else "否"}
        if row["对象类型"] == "网站":
            fields |= {"得分（分）": "" if mine["unadded"] is None else f"{mine['unadded']:.2f}"}
        wrong += _unequal(ALONE, row["对象编码"], row, fields)
    return wrong


def _shown(value: Decimal | None) -> str:
    return "无" if value is None else f"{value:.2f}"


def _unequal(file: str, key: str, row: dict[str, str], again: dict[str, str]) -> list[dict]:
    return [_difference(file, key, f, row[f], v) for f, v in again.items() if not _equal(row[f], v)]


def _equal(stored: str, again: str) -> bool:
    try:
        return Decimal(stored or "0") == Decimal(again or "0") and bool(stored) == bool(again)
    except ArithmeticError:
        return stored == again


def _results(lines: list[dict[str, str]], rules: dict[str, dict]) -> dict[str, list[Result]]:
    found: dict[tuple[str, str, str], Result] = {}
    for line in lines:
        key = (line["单位编码"], line["指标编号"], line["对象编码"])
        result = found.setdefault(key, Result(line, rules[line["指标编号"]]))
        if line["序号"]:
            result.rows.append(line)
    by_unit: dict[str, list[Result]] = {}
    for result in found.values():
        by_unit.setdefault(result.unit, []).append(result)
    return by_unit


def _score(results: list[Result], rules: dict) -> dict:
    measured = [r for r in results if r.value is not None]
    weight = sum({r.rule["id"]: r.weight for r in measured}.values())
    groups: dict[str, list[Result]] = {}
    for r in measured:
        groups.setdefault(r.rule["id"], []).append(r)
    taken = _without_doubles(measured, rules.get("exclusion", []))
    lost: dict[str, Decimal] = {}
    steps: dict[str, tuple[Decimal, float, bool]] = {}
    for group in groups.values():
        for r in group:
            points, capped = _lost(r, taken[id(r)], weight, len(group))
            lost |= points
            every = len(points) == len(capped)  # a row of less than half a cent is not told
            steps |= {key: (share, 100 / weight / len(group), every) for key, share in capped.items()}
    vetoes = [r.rule["id"] for r in measured if r.vetoed]
    deducted = sum(lost.values(), Decimal(0))
    plain = max(Decimal(0), 100 - deducted) if weight >= rules["least_weight"] else None
    final = plain if plain is None or not vetoes else min(plain, Decimal(str(rules["veto_score"])))
    unadded, bonus = final, _bonus(final, vetoes, measured, rules)
    final = None if final is None else final + bonus
    if vetoes:
        grade = "不合格"
    else:
        grade = "未评" if final is None else "不合格" if final < Decimal(str(rules["pass_score"])) else "合格"
    return {"lost": lost, "vetoes": vetoes, "deducted": deducted, "plain": plain, "final": final, "unadded": unadded, "bonus": bonus, "grade": grade, "steps": steps}  # fmt: skip


def _lost(r: Result, rows: list[dict], weight: float, objects: int) -> tuple[dict, dict]:
    """Points of one object: each fact, capped, shared over the objects, scaled to the weights measured.

    Returns what each fact costs in the end, and its share of the capped points before they are scaled.
    """
    if r.weight <= 0 or "points_each" not in r.rule or not r.reaches(r.rule.get("deduct_at")) or not weight:
        return {}, {}
    kept = [(row["扣分编号"], Decimal(str(float(row["保留比例"])))) for row in rows]
    standing = [(key, share) for key, share in kept if share > 0]
    whole = sum((share for _, share in standing), Decimal(0))
    capped = min(Decimal(str(float(r.rule["points_each"]))) * whole, Decimal(str(float(r.rule["cap"]))))
    total = (capped * Decimal(str(100 / weight / objects))).quantize(CENT, ROUND_HALF_UP)
    out: dict[str, Decimal] = {}
    shares = {key: capped * share / whole for key, share in standing}
    passed = given = Decimal(0)
    for key, share in standing:
        passed += share
        points = (total * passed / whole).quantize(CENT, ROUND_HALF_UP) - given
        given += points
        if points > 0:
            out[key] = points
    return out, shares


KEYS = {"finding": "问题编号", "url": "证据页面", "fact": "事实描述"}


def _without_doubles(results: list[Result], exclusions: list[dict]) -> dict[int, list[dict[str, str]]]:
    """Result → its rows but for what another indicator takes points for on the same object already."""
    rows = {id(r): list(r.rows) for r in results}
    found = {(r.rule["id"], r.code): r for r in results}
    for rule in exclusions:
        for (name, code), winner in found.items():
            loser = found.get((rule["loser"], code))
            if name != rule["winner"] or loser is None or not _takes(winner):
                continue
            column = KEYS.get(rule["by"])
            taken = {row[column] if column else "" for row in rows[id(winner)]} - ({""} if column else set())
            rows[id(loser)] = [row for row in rows[id(loser)] if (row[column] if column else "") not in taken]
    return rows


def _takes(r: Result) -> bool:
    if r.weight <= 0 or r.value is None:
        return False
    back = sum(float(row["保留比例"]) == 0 for row in r.rows) if r.rule["per"] == "finding" else 0
    limit, value = r.rule.get("deduct_at"), r.value + back
    return limit is not None and (value >= limit if r.rule["compare"] == ">=" else value < limit)


def _bonus(score: Decimal | None, vetoes: list[str], results: list[Result], rules: dict) -> Decimal:
    """Added points: only above the line and without a veto, each indicator and all together capped."""
    if score is None or vetoes or score <= Decimal(str(rules["bonus_above"])):
        return Decimal(0)
    left = whole = Decimal(str(float(rules.get("bonus_cap", 30))))
    for r in results:
        if r.rule.get("role") != "bonus" or not r.reaches(r.rule.get("deduct_at")):
            continue
        own = Decimal(str(float(r.rule["cap"])))
        for row in r.rows:
            count = float(row["数量"]) * float(row["保留比例"])
            raw = Decimal(str(float(r.rule["points_each"]))) * Decimal(str(count))
            points = min(raw, own, left).quantize(CENT, ROUND_HALF_UP)
            own, left = own - points, left - points
    return whole - left


def _rank(row: dict, scores: list[dict], again: dict[str, dict]) -> tuple[str, str]:
    peers = [again[s["单位编码"]] for s in scores if s["分组"] == row["分组"]]
    ranked = [p["final"] for p in peers if p["final"] is not None and not p["vetoes"]]
    mine = again[row["单位编码"]]
    takes_part = mine["final"] is not None and not mine["vetoes"]
    return (str(1 + sum(p > mine["final"] for p in ranked)) if takes_part else ""), str(len(ranked))


def _fields(mine: dict, rank: tuple[str, str] | None) -> dict[str, str]:
    fields = {
        "扣分（分）": f"{mine['deducted']:.2f}",
        "加分（分）": f"{mine['bonus']:.2f}",
        "最终得分（分）": "" if mine["final"] is None else f"{mine['final']:.2f}",
        "不否决时得分（分）": "" if mine["plain"] is None else f"{mine['plain']:.2f}",
        "是否单项否决": "是" if mine["vetoes"] else "否",
        "等级": mine["grade"],
    }
    return fields if rank is None else fields | {"组内名次": rank[0], "参与排名单位数": rank[1]}


def told(proof: dict) -> str:
    """The proof in words."""
    lines = [f"考核包 {proof['week']}（批次 {proof['batch']}）：{'一致' if proof['same'] else '不一致'}。"]
    lines += [f"  {'✓' if c['ok'] else '✗'} {c['name']}：{c['text']}" for c in proof["checks"]]
    for d in proof["differences"][:SHOWN]:
        lines.append(f"    {d['file']} {d['key']} {d['field']}：{d['stored'] or '空'} → {d['again'] or '空'}")
    left = len(proof["differences"]) - SHOWN
    return "\n".join([*lines, f"    ……另有 {left} 处"] if left > 0 else lines)


def main(words: list[str]) -> int:
    """The script's own command line."""
    path = Path(words[0]) if words else Path(__file__).resolve().parent
    try:
        proof = verify(read(path))
    except NoBundleError as error:
        print(error, file=sys.stderr)
        return 2
    print(told(proof))
    return 0 if proof["same"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
