"""Every screen for every role: who gets in, what may be pressed, and that a contact reads of no other unit."""

from __future__ import annotations

import html
import re

import pytest
from streamlit.testing.v1 import AppTest

from cockpit import access, store
from cockpit.appraise.indicators import load_rules
from cockpit.paths import CHECKOUT, SHIPPED, DataDir
from cockpit.store.queries import scores
from cockpit.ui.shell import SCREENS
from tests.access.conftest import LOGIN, worst_unit

RULES = load_rules(SHIPPED / "rules")
PAGES = [screen.file for screen in SCREENS.values()]


def screen(
    city: DataDir, monkeypatch: pytest.MonkeyPatch, file: str, role: str | None, **query: str
) -> AppTest:
    """A page as a signed-in person of a role sees it; None: nobody has signed in."""
    monkeypatch.setenv("COCKPIT_DATA", str(city.root))
    at = AppTest.from_file(str(CHECKOUT / "dashboard.py"), default_timeout=60)
    at.secrets["auth"] = LOGIN
    if role:
        at.user = {
            "is_logged_in": True,
            "sub": role,
            "email": f"{role}@xinyu.example",
            "email_verified": True,
        }
    if file != "dashboard.py":
        at.switch_page(file)
    for key, value in query.items():
        at.query_params[key] = value
    return at.run()


def shown(at: AppTest) -> str:
    """The HTML of a screen without its style sheet."""
    return re.sub(r"<style>.*?</style>", "", "\n".join(e.proto.body for e in at.get("html")), flags=re.DOTALL)


@pytest.mark.parametrize("file", PAGES)
def test_nobody_gets_past_the_gate(city: DataDir, monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    for role, words in ((None, "请先登录"), ("stranger", "还没有角色")):
        at = screen(city, monkeypatch, file, role)
        assert not at.exception
        assert words in shown(at)
        assert "ck-kpi" not in shown(at)
        assert not at.get("plotly_chart")


@pytest.mark.parametrize("file", PAGES)
@pytest.mark.parametrize("role", ["viewer", "contact", "admin"])
def test_every_screen_shows_what_the_role_may_see(
    city: DataDir, monkeypatch: pytest.MonkeyPatch, file: str, role: str
) -> None:
    at = screen(city, monkeypatch, file, role, list="targets")
    assert not at.exception
    assert "暂时无法生成" not in shown(at)
    needed = next(s.needs for s in SCREENS.values() if s.file == file)
    if needed not in access.GRANTS[role]:
        assert "角色" in shown(at)
        assert "ck-foot" not in shown(at)
        return
    assert "ck-foot" in shown(at)
    if role == "contact":
        with store.reader(city) as reader:
            published = [r["task_title"] for r in reader.rows("SELECT task_title FROM clause_task")]
            names = [u["unit_name"] for u in scores.units(reader) if u["unit_code"] != worst_unit(city)]
        body = shown(at)
        assert len(body) > 300
        published += [i.clause for i in RULES.indicators.values()]
        for (
            text
        ) in published:  # a clause or a task of a published document may name a unit: it is nobody's row
            body = body.replace(html.escape(text), "")
        assert [name for name in names if name in body] == []
        assert [o for box in at.selectbox for o in box.options if o in names] == []


ABLE = {
    "viewer": set(),
    "contact": {"签收", "开始处置"},
    "duty": {"签收", "开始处置", "转办", "标记误报", "忽略"},
    "reviewer": set(),
    "admin": {"签收", "开始处置", "转办", "标记误报", "忽略"},
}


@pytest.mark.parametrize("role", list(access.ROLES))
def test_a_role_sees_the_steps_it_may_take(city: DataDir, monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    at = screen(city, monkeypatch, "pages/alerts.py", role, status="new")
    found = {o for box in at.selectbox if box.key == "handle_action" for o in box.options}
    assert found == ABLE[role]
    if not ABLE[role]:
        assert "需要" in shown(at)
        assert not [b for b in at.button if b.key == "handle_go"]
    else:
        signed = next(t for t in at.text_input if t.label.startswith("操作人"))
        assert (signed.value, signed.disabled) == (f"{access.ROLES[role]}甲", True)


def test_a_contact_asking_for_anothers_evidence_gets_none(
    city: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.reader(city) as reader:
        strange = reader.one(
            "SELECT warning_id, title FROM warning WHERE unit_code <> ? LIMIT 1", [worst_unit(city)]
        )
    own = shown(screen(city, monkeypatch, "pages/alerts.py", "contact", evidence=strange["warning_id"]))
    all_of_it = shown(screen(city, monkeypatch, "pages/alerts.py", "duty", evidence=strange["warning_id"]))
    assert "没有编号为" in own
    assert "没有编号为" not in all_of_it


def test_without_login_on_the_own_machine_everything_is_open_and_signed_by_hand(
    city: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COCKPIT_DATA", str(city.root))
    at = AppTest.from_file(str(CHECKOUT / "dashboard.py"), default_timeout=60).switch_page("pages/alerts.py")
    at.run()
    assert "本机使用，未配置登录" in shown(at)
    assert next(t for t in at.text_input if t.label.startswith("操作人")).disabled is False


@pytest.mark.parametrize(
    "broken", [{"cookie_secret": "short"}, {"client_id": ""}, {"server_metadata_url": ""}]
)
def test_a_half_configured_login_opens_nothing(
    city: DataDir, monkeypatch: pytest.MonkeyPatch, broken: dict[str, str]
) -> None:
    monkeypatch.setenv("COCKPIT_DATA", str(city.root))
    at = AppTest.from_file(str(CHECKOUT / "dashboard.py"), default_timeout=60)
    at.secrets["auth"] = LOGIN | broken
    at.run()
    assert "登录没有配置好" in shown(at)
    assert "short" not in shown(at).replace("cookie_secret 少于", "")
