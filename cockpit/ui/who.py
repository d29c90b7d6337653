"""Who is in front of this screen, and what that person may do. Every page asks here; nothing else looks at the login.

Three ways of running: with login (OIDC, `st.login`) the access file says who may do what; without login on this
machine's own address whoever sits here may do everything and signs by name; without login on any other address
the screens can only be looked at.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from cockpit import access, clock
from cockpit.access import Person
from cockpit.errors import CockpitError
from cockpit.paths import data_dir
from cockpit.plain import typed, visible
from cockpit.ui import doorbook, html

SHORTEST_SECRET = 32
BY_HAND = "自填，留痕会注明"
_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Forwarded")


def login_section() -> dict[str, Any]:
    """The [auth] part of the secrets; empty where no login is configured."""
    if not st.secrets.load_if_toml_exists():
        return {}
    return dict(st.secrets.get("auth", {}))


def login_fault() -> str:
    """What is missing for a safe login; empty when all is there."""
    section = login_section()
    missing = [
        k for k in ("redirect_uri", "cookie_secret", "client_id", "server_metadata_url") if not section.get(k)
    ]
    if missing:
        return f"登录配置缺少 {'、'.join(missing)}"
    if len(str(section["cookie_secret"])) < SHORTEST_SECRET:
        return f"cookie_secret 少于 {SHORTEST_SECRET} 个字符"
    return ""


def current() -> Person:
    """The person of this run."""
    if login_section():
        if login_fault() or not _claims():
            return Person("", "nobody")
        people = _people(str(access.access_file(data_dir())), _stamp(access.access_file(data_dir())))
        return access.find(people, _claims(), clock.local_day(clock.now()))
    return Person("", "local" if is_local() else "remote")


def _claims() -> dict[str, Any]:
    """What the login provider says of a person who has signed in; empty otherwise."""
    told = st.user.to_dict()
    return told if told.get("is_logged_in") is True else {}


def may(act: str) -> bool:
    """Whether the current person may do something; a page leaves out what may not be done."""
    return current().may(act)


def require(act: str) -> Person:
    """The current person, or a CockpitError that says which role is needed. Call it again when the button is pressed."""
    person = current()
    access.require(person, act)
    return person


def why(act: str) -> str:
    """Why the current person may not do something."""
    try:
        require(act)
    except CockpitError as error:
        return str(error)
    return ""


def unit() -> str | None:
    """The only unit whose rows may be seen; None = all."""
    return current().unit


def sign(label: str, key: str, **options: Any) -> str:
    """The acting person's name: known from the login; typed where there is none, and then marked as typed."""
    person = current()
    if person.name:
        st.text_input(label, value=visible(person.name), disabled=True, key=f"{key}_signed")
        return person.name
    return typed(st.text_input(label, key=key, max_chars=40, **{"placeholder": BY_HAND, **options}))


def again() -> Callable[[], Person]:
    """Asks who this is once more, later and outside the page: a role taken away meanwhile counts."""
    if not login_section():
        person = current()
        return lambda: person
    claims, path = _claims(), access.access_file(data_dir())
    return lambda: access.find(access.read_people(path), claims, clock.local_day(clock.now()))


def signature() -> str:
    """Who is named in exports and trails that nobody signs by hand."""
    return name_of(current())


def name_of(person: Person) -> str:
    """A person's name in the trail; without login only the place is known."""
    return person.name or {"local": "本机用户", "remote": "未登录的访问者"}.get(person.role, "")


def is_local() -> bool:
    """Whether only this machine can reach the screens."""
    return local(st.get_option("server.address"), st.context.headers, st.context.ip_address)


def local(bound: str | None, headers: Mapping[str, str], peer: object) -> bool:
    """Whether a server bound to an address is asked from its own machine.

    The bound address decides. What a browser sends can only take rights away: a foreign host name (rebinding),
    a page of another origin, a proxy in between.
    """
    if not _is_loopback(bound) or isinstance(peer, str):
        return False
    hosts = (f"//{headers.get('Host', '')}", headers.get("Origin", ""))
    own = all(_is_loopback(urlsplit(host).hostname) for host in hosts if host not in {"//", ""})
    return own and not any(headers.get(name) for name in _FORWARDED)


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address((host or "").strip("[]")).is_loopback
    except ValueError:
        return False


def _stamp(path: Path) -> float:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@st.cache_resource(max_entries=4, show_spinner=False)
def _people(path: str, stamp: float) -> list[dict[str, Any]]:  # noqa: ARG001 - the key
    return access.read_people(Path(path))


def gate(act: str = "view") -> None:
    """Let nobody past who may not look at a page; shown in its place is what to do."""
    try:
        person = current()
    except CockpitError as error:
        html.show(html.state("error", html.e(error)))
        st.stop()
    if person.may(act):
        if person.name:
            doorbook.note("进入", "view", person)
        return
    doorbook.note("拒绝" if person.may("view") or _claims() else "要求登录", act, person)
    if person.may("view"):
        html.show(
            html.state("error", html.e(why(act))), html.anchor("回到运行总览", html.link(""), "ck-chip")
        )
        st.stop()
    if login_fault():
        html.show(
            html.state("error", f"登录没有配置好：{html.e(login_fault())}。请管理员按 SECURITY.md 配置。")
        )
    elif not _claims():
        html.show('<div class="ck-head"><h1>新余市政务公开数据驾驶舱</h1></div>', html.lead("请先登录。"))
        st.button("登录", type="primary", key="login", on_click=st.login)
    else:
        html.show(
            html.state(
                "error", f"账号 {html.e(person.name)} 还没有角色，或已过有效期。请联系管理员登记后再试。"
            )
        )
        st.button("退出登录", key="logout", on_click=st.logout)
    st.stop()


def badge() -> None:
    """In the sidebar: who is signed in, or what the address allows."""
    person = current()
    text = {
        "local": "本机使用，未配置登录；姓名自填，留痕注明“自填”",
        "remote": "只读：未配置登录，且不是本机地址",
    }.get(person.role) or f"{person.name}（{access.ROLES[person.role]}）"
    html.show(f'<div class="ck-who">{html.e(text)}</div>')
    if login_section():
        st.button("退出登录", key="logout", on_click=st.logout)
