"""Who may do what: five roles, one table of permitted acts, and the file that gives people their role.

The file is `access.csv` in the data folder (never in the repository: it holds names). A person is found by the
login account: the e-mail address the login provider has verified, or the subject (sub). Names are unique, because
the trail and the four-eyes rules know people by name.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cockpit import tabular, tabular_out
from cockpit.errors import CockpitError, Fault, InputError, why
from cockpit.paths import DataDir
from cockpit.store.batch import discard, fsync_folder
from cockpit.tabular import Field, Row, Sheet

ROLES: Mapping[str, str] = MappingProxyType(
    {"viewer": "查看", "contact": "单位联系人", "duty": "值守", "reviewer": "复核", "admin": "管理员"}
)
ACTS: Mapping[str, str] = MappingProxyType(
    {
        "view": "查看",
        "export": "导出",
        "handle": "签收、处置、提交复核",
        "assign": "转办",
        "set_aside": "误报、忽略、重新打开",
        "recheck": "立即复测",
        "dispute_raise": "提出、撤回异议",
        "dispute_accept": "受理异议",
        "dispute_decide": "异议结论",
        "close_week": "封存、更正",
        "register": "改台账",
        "lexicon": "改词库",
        "rules": "改口径",
        "audit": "看操作留痕",
        "access": "管账号",
    }
)
_DUTY = {
    "view",
    "export",
    "handle",
    "assign",
    "set_aside",
    "recheck",
    "dispute_accept",
    "register",
    "lexicon",
}
GRANTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "nobody": frozenset(),
        "remote": frozenset({"view"}),  # no login is configured and the address is not this machine's own
        "viewer": frozenset({"view", "export"}),
        "contact": frozenset({"view", "export", "handle", "dispute_raise"}),
        "duty": frozenset(_DUTY),
        "reviewer": frozenset({"view", "export", "dispute_decide", "close_week", "audit"}),
        "admin": frozenset(ACTS),
        "local": frozenset(ACTS),  # this machine only, no login: whoever sits here
    }
)
SHEET = Sheet(
    "access",
    "账号与角色",
    (
        Field("account", "登录账号", required=True, note="登录系统确认过的邮箱，或账号标识（sub）"),
        Field("name", "姓名", required=True, note="留痕里显示的名字，不得重复"),
        Field("role", "角色", "choice", required=True, choices=ROLES),
        Field("unit_code", "责任单位编码", "code", note="单位联系人必填：只看得到本单位"),
        Field("valid_to", "失效日期", "date", note="当天起不能再登录；空表示一直有效"),
        Field("note", "备注"),
    ),
    key=("account",),
    may_be_empty=True,
)


@dataclass(frozen=True)
class Person:
    """Who is acting. `name` is empty where nobody has signed in; `unit` limits all rows to that unit."""

    name: str
    role: str
    unit: str | None = None

    def may(self, act: str) -> bool:
        """Whether the role permits an act."""
        if act not in ACTS:
            raise KeyError(f"no act called {act}")
        return act in GRANTS[self.role]


def require(person: Person, act: str) -> None:
    """Raises CockpitError, in words a user understands, where a role does not permit an act."""
    if not person.may(act):
        able = "、".join(label for role, label in ROLES.items() if act in GRANTS[role])
        raise CockpitError(f"“{ACTS[act]}”需要{able}角色。{WHY.get(person.role, '请联系管理员')}")


WHY: Mapping[str, str] = MappingProxyType(
    {
        "remote": "当前地址不是本机，且没有配置登录，只能查看。请在本机打开，或按 SECURITY.md 配置登录",
        "nobody": "请先登录",
    }
)


def access_file(data: DataDir) -> Path:
    return data.root / "access.csv"


def read_people(path: Path) -> list[dict[str, Any]]:
    """Rows of the access file; none where there is no file. Raises InputError for a file with faults."""
    if not path.exists():
        return []
    faults: list[Fault] = []
    rows = tabular.parse(tabular.read(path)[0], SHEET, faults)
    _check(rows, faults)
    if faults:
        raise InputError(faults, f"账号文件有 {len(faults)} 处错误，暂时谁也不能登录：")
    return [dict(row.values) for row in rows]


def _check(rows: Sequence[Row], faults: list[Fault]) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        name = row.values["name"]
        if row.values["role"] == "contact" and not row.values["unit_code"]:
            faults.append(row.fault(SHEET, "unit_code", "单位联系人没有写责任单位", "请填写单位编码"))
        if row.values["role"] not in {"contact", "viewer"} and row.values["unit_code"]:
            faults.append(row.fault(SHEET, "unit_code", "只有单位联系人和查看可以限定单位", "请清空或改角色"))
        if name and name in seen:
            faults.append(
                row.fault(SHEET, "name", f"「{name}」与第 {seen[name]} 行重名", "请加上岗位加以区分")
            )
        seen.setdefault(name, row.number)


def find(people: Sequence[Mapping[str, Any]], claims: Mapping[str, Any], today: date) -> Person:
    """The person of a login's claims. An unverified e-mail address counts for nothing; unknown is nobody."""
    keys = {str(claims["sub"])} if claims.get("sub") else set()
    if claims.get("email") and claims.get("email_verified", True) in {True, "true"}:
        keys.add(str(claims["email"]).lower())
    for row in people:
        account = row["account"]
        if account in keys or ("@" in account and account.lower() in keys):
            if row["valid_to"] and row["valid_to"] <= today:
                return Person(row["name"], "nobody")
            return Person(row["name"], row["role"], row["unit_code"])
    return Person(str(claims.get("email") or claims.get("sub") or ""), "nobody")


def write_people(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Replace the access file, all or nothing, readable for its owner alone."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(tabular_out.sheet_csv(SHEET, rows))
            file.flush()
            os.fsync(file.fileno())
        read_people(beside)
        beside.rename(path)
        fsync_folder(path.parent)
    except OSError as error:
        raise CockpitError(f"账号没有改动：写不了 {path}（{why(error)}）。请检查磁盘空间和权限") from error
    finally:
        discard(beside)
