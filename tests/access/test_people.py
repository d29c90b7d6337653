"""The access file: who gets which role, and what is wrong with it in Chinese; the table of acts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cockpit import access
from cockpit.access import ACTS, GRANTS, ROLES, Person
from cockpit.errors import CockpitError, InputError

TODAY = date(2026, 11, 23)
HEAD = "登录账号,姓名,角色,责任单位编码,失效日期,备注\n"


def people(tmp_path: Path, text: str) -> list[dict[str, object]]:
    path = tmp_path / "access.csv"
    path.write_text(HEAD + text, encoding="utf-8")
    return access.read_people(path)


ROWS = (
    "wang@xinyu.example,王值班,值守,,,\n"
    "sub-0042,李联系,单位联系人,U1,,\n"
    "zhao@xinyu.example,赵离任,管理员,,2026-11-23,\n"
)


@pytest.mark.parametrize(
    ("claims", "person"),
    [
        ({"sub": "x", "email": "WANG@xinyu.example", "email_verified": True}, Person("王值班", "duty")),
        (
            {"sub": "x", "email": "wang@xinyu.example", "email_verified": False},
            Person("wang@xinyu.example", "nobody"),
        ),
        ({"sub": "sub-0042"}, Person("李联系", "contact", "U1")),
        ({"sub": "SUB-0042"}, Person("SUB-0042", "nobody")),
        ({"sub": "x", "email": "sub-0042", "email_verified": True}, Person("李联系", "contact", "U1")),
        ({"sub": "z", "email": "zhao@xinyu.example"}, Person("赵离任", "nobody")),
        ({"sub": "wang@xinyu.example"}, Person("王值班", "duty")),
        ({}, Person("", "nobody")),
    ],
)
def test_a_login_gets_the_role_of_its_verified_account(
    tmp_path: Path, claims: dict[str, object], person: Person
) -> None:
    assert access.find(people(tmp_path, ROWS), claims, TODAY) == person


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a@b,甲,单位联系人,,,\n", "第 2 行「责任单位编码」：单位联系人没有写责任单位"),
        ("a@b,甲,值守,U1,,\n", "第 2 行「责任单位编码」：只有单位联系人和查看可以限定单位"),
        ("a@b,甲,值守,,,\nc@d,甲,复核,,,\n", "第 3 行「姓名」：「甲」与第 2 行重名"),
        ("a@b,甲,超级用户,,,\n", "第 2 行「角色」：「超级用户」不在可选范围内"),
        ("a@b,甲,值守,,,\na@b,乙,复核,,,\n", "第 3 行「登录账号」：「a@b」与第 2 行重复"),
    ],
)
def test_a_wrong_file_lets_nobody_in_and_names_the_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as wrong:
        people(tmp_path, text)
    assert f"access.csv {said}" in str(wrong.value)


def test_no_file_is_nobody(tmp_path: Path) -> None:
    assert access.read_people(tmp_path / "access.csv") == []


def test_written_rows_are_read_back_and_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    rows = people(tmp_path, ROWS)
    access.write_people(tmp_path / "access.csv", rows)
    assert access.read_people(tmp_path / "access.csv") == rows
    assert (tmp_path / "access.csv").stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == ["access.csv"]


def test_writing_wrong_rows_changes_nothing(tmp_path: Path) -> None:
    rows = people(tmp_path, ROWS)
    with pytest.raises(InputError):
        access.write_people(tmp_path / "access.csv", [*rows, {**rows[0], "account": "other"}])
    assert access.read_people(tmp_path / "access.csv") == rows


def test_the_table_of_roles() -> None:
    assert GRANTS["remote"] == {"view"}
    assert GRANTS["nobody"] == set()
    assert set(ROLES) | {"nobody", "remote", "local"} == set(GRANTS)
    assert {role for role in ROLES if "access" in GRANTS[role]} == {"admin"}
    assert not GRANTS["contact"] & {
        "set_aside",
        "assign",
        "dispute_accept",
        "dispute_decide",
        "close_week",
        "audit",
    }
    assert not GRANTS["duty"] & {"dispute_decide", "close_week"}, "who confirms does not decide"
    assert not GRANTS["reviewer"] & {"dispute_accept", "set_aside"}
    assert set().union(*GRANTS.values()) == set(ACTS), "an act nobody may do"


def test_a_refusal_says_which_role_is_needed() -> None:
    with pytest.raises(CockpitError, match="“封存、更正”需要复核、管理员角色。请联系管理员"):
        access.require(Person("王值班", "duty"), "close_week")
    with pytest.raises(CockpitError, match="没有配置登录，只能查看"):
        access.require(Person("", "remote"), "handle")
