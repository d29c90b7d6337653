"""异议复核 on the screen: every count is its list, and a case goes its whole way through the forms."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from cockpit import store
from cockpit.paths import CHECKOUT, DataDir
from cockpit.store.queries import disputes, issues
from cockpit.ui import dispute_cases

WEEK = "2026-W47"


def page(city: DataDir, monkeypatch: pytest.MonkeyPatch, **query: str) -> AppTest:
    monkeypatch.setenv("COCKPIT_DATA", str(city.root))
    monkeypatch.setenv("COCKPIT_NOW", "2026-11-24T12:00")
    at = AppTest.from_file(str(CHECKOUT / "dashboard.py"), default_timeout=60)
    at.switch_page("pages/review.py")
    for key, value in query.items():
        at.query_params[key] = value
    return run(at)


def run(at: AppTest) -> AppTest:
    at.run()
    assert not at.exception
    assert 'class="ck-state error"' not in shown(at), shown(at)
    return at


def shown(at: AppTest) -> str:
    return re.sub(
        r"<style>.*?</style>|<script>.*?</script>",
        "",
        "\n".join(e.proto.body for e in at.get("html")),
        flags=re.DOTALL,
    )


@pytest.fixture(autouse=True)
def _local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cockpit.ui.who.is_local", lambda: True)


def rows_of_cases(text: str) -> int:
    return len(re.findall(r'href="/review\?[^"]*case=', text))


@pytest.mark.parametrize("state", ["open", "reviewing", "late", "decided", "granted", "withdrawn", "waiting"])
def test_every_count_is_its_list(city: DataDir, monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    at = page(city, monkeypatch)
    counts = dict(re.findall(r'href="/review\?status=(\w+)"[^>]*>.*?class="v">(\d+)', shown(at)))
    listed = rows_of_cases(shown(page(city, monkeypatch, status=state)))
    with store.reader(city) as reader:
        stored = disputes.disputes(reader)
    expected = [r for r in stored if dispute_cases.belongs({**r, "late": False}, state)]
    assert listed == len(expected)
    assert int(counts.get(state, listed)) == listed


def test_a_case_goes_its_way_through_the_forms(city: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.reader(city) as reader:
        row = reader.rows(
            "SELECT * FROM deduction WHERE week = ? AND revision = 1 AND points > 0 AND deduction_id NOT IN (SELECT deduction_id FROM dispute) ORDER BY points DESC LIMIT 1",
            [WEEK],
        )[0]
        before = len(issues.issues(reader, WEEK))
    at = page(city, monkeypatch, **{"raise": row["deduction_id"]})
    at.text_input(key="raise_actor").set_value("联络员")
    at.text_area(key="raise_reason").set_value("<b>有依据</b>")
    at.button(key="raise_go").click()
    run(at)
    number = "Y" + row["deduction_id"][1:]
    assert number in at.query_params["case"]
    assert "&lt;b&gt;有依据&lt;/b&gt;" in shown(at)
    at.text_input(key="accept_actor").set_value("受理员")
    at.button(key="accept_go").click()
    run(at)
    at.selectbox(key="decide_state").set_value("cancelled")
    at.text_input(key="decide_actor").set_value("受理员")
    at.text_area(key="decide_reason").set_value("属实")
    at.button(key="decide_go").click().run()
    assert "复核人不能是这条扣分的受理人（受理员（自填））" in shown(at)
    at.text_input(key="decide_actor").set_value("复核员")
    at.button(key="decide_go").click()
    run(at)
    assert f"{WEEK} 已出更正{before}" in shown(at)
    with store.reader(city) as reader:
        found = disputes.dispute(reader, number)
        left = reader.rows("SELECT revision FROM deduction WHERE deduction_id = ?", [row["deduction_id"]])
    assert found is not None
    assert (found["state"], found["revision"], found["reviewer"]) == ("cancelled", before, "复核员（自填）")
    assert before not in {r["revision"] for r in left}
    at = page(city, monkeypatch, **{"raise": row["deduction_id"]})
    assert "这条扣分已有异议" in shown(at)


@pytest.mark.parametrize("query", [{"case": "Y-没有"}, {"raise": "D-没有"}, {"case": "<i>x"}])
def test_an_unknown_number_is_told(
    city: DataDir, monkeypatch: pytest.MonkeyPatch, query: dict[str, str]
) -> None:
    text = shown(page(city, monkeypatch, **query))
    assert "没有" in text
    assert "<i>x" not in text
