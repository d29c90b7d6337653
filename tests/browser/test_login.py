"""Signing in for real: Chromium, the application and an OpenID Connect provider, all on this machine."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from cockpit import access, store
from cockpit.paths import DataDir
from cockpit.store.queries import scores
from tests.access.provider import CLIENT, SECRET, Provider
from tests.browser.conftest import serve, settle

ACCOUNTS = {
    "wang": {"sub": "1", "email": "wang@xinyu.example", "email_verified": True},
    "li": {"sub": "2", "email": "li@xinyu.example", "email_verified": True},
    "forged": {"sub": "3", "email": "wang@xinyu.example", "email_verified": False},
}
SECRETS = """[auth]
redirect_uri = "http://localhost:{port}/oauth2callback"
cookie_secret = "test secret with more than thirty-two characters"
client_id = "{client}"
client_secret = "{secret}"
server_metadata_url = "{issuer}/.well-known/openid-configuration"
"""


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


@pytest.fixture(scope="module")
def city(demo_folder: DataDir) -> Iterator[DataDir]:
    with store.reader(demo_folder) as reader:
        unit = reader.one(
            "SELECT unit_code FROM warning WHERE closed_at IS NULL AND state = 'new' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
        )["unit_code"]
    rows = [
        {"account": "wang@xinyu.example", "name": "王值班", "role": "duty"},
        {"account": "li@xinyu.example", "name": "李联系", "role": "contact", "unit_code": unit},
    ]
    access.write_people(access.access_file(demo_folder), rows)
    yield demo_folder
    access.access_file(demo_folder).unlink()


@pytest.fixture(scope="module")
def guarded(city: DataDir, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application with login, bound to every address as behind a proxy."""
    provider, port = Provider(ACCOUNTS), free_port()
    secrets: Path = tmp_path_factory.mktemp("secrets") / "secrets.toml"
    secrets.write_text(SECRETS.format(port=port, client=CLIENT, secret=SECRET, issuer=provider.issuer))
    process, _ = serve(city, "0.0.0.0", port, {"STREAMLIT_SECRETS_FILES": str(secrets)})
    yield f"http://localhost:{port}"
    process.terminate()
    process.wait(20)
    provider.close()


def sign_in(browser: Browser, url: str, account: str, path: str = "/") -> Page:
    page = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900}).new_page()
    page.goto(url)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("link", name=account).click()
    page.wait_for_url(f"{url}/")
    page.goto(url + path)
    return page


def test_signing_in_gives_the_role_and_the_name_to_the_trail(
    browser: Browser, guarded: str, city: DataDir
) -> None:
    with store.reader(city) as reader:
        wanted = reader.one(
            "SELECT min(warning_id) AS id FROM warning WHERE closed_at IS NULL AND state = 'new'"
        )["id"]
    page = sign_in(browser, guarded, "wang", f"/alerts?handle={wanted}")
    settle(page)
    assert page.locator(".ck-who").inner_text() == "王值班（值守）"
    assert page.locator(".st-key-handle_actor_signed input").input_value() == "王值班"
    assert page.locator(".st-key-handle_actor_signed input").is_disabled()
    page.get_by_role("button", name="签收", exact=True).click()
    page.get_by_role("button", name="撤销“签收”").wait_for(timeout=60_000)
    with store.reader(city) as reader:
        newest = reader.one(
            "SELECT actor, action FROM warning_event ORDER BY event_at DESC, event_id DESC LIMIT 1"
        )
    assert newest == {"actor": "王值班", "action": "ack"}
    page.get_by_role("button", name="退出登录").click()
    page.get_by_text("请先登录").wait_for(timeout=30_000)
    page.context.close()


def test_a_contact_reads_the_own_unit_alone_and_downloads_it_alone(
    browser: Browser, guarded: str, city: DataDir, tmp_path: Path
) -> None:
    page = sign_in(browser, guarded, "li", "/appraisal")
    settle(page)
    with store.reader(city) as reader:
        units = {u["unit_code"]: u["unit_name"] for u in scores.units(reader)}
    own = next(r["unit_code"] for r in access.read_people(access.access_file(city)) if r["unit_code"])
    asked = page.get_by_text("我知道这些异议还没有结论")
    if asked.count():  # the own unit may have an open dispute
        asked.click()
    with page.expect_download() as held:
        page.get_by_role("button", name="下载考核包（ZIP）").click()
    held.value.save_as(tmp_path / "bundle.zip")
    import zipfile

    with zipfile.ZipFile(tmp_path / "bundle.zip") as bundle:
        rows = "".join(
            bundle.read(n).decode("utf-8-sig")
            for n in bundle.namelist()
            if n[-3:] == "csv" and "字典" not in n
        )
        assert "李联系" in bundle.read("meta.json").decode()
    assert units[own] in rows
    assert [name for code, name in units.items() if code != own and name in rows] == []
    page.context.close()


@pytest.mark.parametrize("account", ["forged"])
def test_an_unverified_address_gets_no_role(browser: Browser, guarded: str, account: str) -> None:
    page = sign_in(browser, guarded, account)
    page.get_by_text("还没有角色").wait_for(timeout=60_000)
    assert page.locator(".ck-kpi").count() == 0
    page.context.close()


def test_without_login_an_open_address_is_read_only(browser: Browser, demo_folder: DataDir) -> None:
    port = free_port()
    process, _ = serve(demo_folder, "0.0.0.0", port)
    try:
        page = browser.new_context(locale="zh-CN").new_page()
        page.goto(f"http://localhost:{port}/alerts")
        settle(page)
        assert page.locator(".ck-who").inner_text() == "只读：未配置登录，且不是本机地址"
        assert "没有配置登录，只能查看" in page.content()
        assert page.locator(".st-key-handle_go").count() == 0
        page.goto(f"http://localhost:{port}/appraisal")
        settle(page)
        assert page.get_by_role("button", name="下载考核包（ZIP）").is_disabled()
        page.context.close()
    finally:
        process.terminate()
        process.wait(20)
