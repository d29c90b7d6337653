"""考核导出 on the screen: closed and proved, earlier exports compared with now, the bulletin, the accumulation."""

from __future__ import annotations

import io
import re
from datetime import datetime

import docx
import pytest
from streamlit.testing.v1 import AppTest

from cockpit import store
from cockpit.__main__ import main
from cockpit.appraise.indicators import load_rules
from cockpit.appraise.periods import accumulate, parse_period
from cockpit.paths import CHECKOUT, DataDir
from cockpit.ui.handouts import period_codes

WEEK = "2026-W47"


def page(city: DataDir, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr("cockpit.ui.who.is_local", lambda: True)
    monkeypatch.setenv("COCKPIT_DATA", str(city.root))
    monkeypatch.setenv("COCKPIT_NOW", "2026-11-24T12:00")
    at = AppTest.from_file(str(CHECKOUT / "dashboard.py"), default_timeout=90)
    at.switch_page("pages/appraisal.py")
    return run(at)


def run(at: AppTest) -> AppTest:
    at.run()
    assert not at.exception
    assert 'class="ck-state error"' not in shown(at)
    return at


def shown(at: AppTest) -> str:
    return "\n".join(e.proto.body for e in at.get("html"))


def test_closed_proved_and_compared_with_earlier_exports(
    city: DataDir, monkeypatch: pytest.MonkeyPatch, tmp_path: pytest.TempPathFactory
) -> None:
    words = ["export", "--data", str(city.root), "--week", WEEK, "--as-of", "2026-11-24T12:00"]
    assert main([*words, "--out", f"{tmp_path}/a.zip"]) == 0
    assert main([*words, "--out", f"{tmp_path}/b.zip", "--revision", "0"]) == 0
    assert main(["load", "--data", str(city.root), "--as-of", "2026-11-24T12:00"]) == 0
    text = shown(page(city, monkeypatch))
    assert "更正1，" in text
    assert "用封存的事实和口径重新计分，结果一致" in text
    assert text.count("✓ 一致") == 1
    assert text.count("■ 与现在的内容不同") == 1


def test_the_accumulation_is_that_of_the_rules(city: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(page(city, monkeypatch))
    with store.reader(city) as reader:
        quarter = accumulate(
            reader, load_rules(city.rules), parse_period("2026Q4"), datetime(2026, 11, 24, 4)
        )
    later = len(quarter.unfinished) - 1
    assert f"未封存 {len(quarter.missing)} 周，本周未结束，其后 {later} 周未到" in text
    assert text.count(f"<summary>{len(quarter.units)} 个单位</summary>") == 3
    assert list(period_codes("2026-W53")) == ["2026-W53", "2026-12", "2026Q4", "2026"]
    assert list(period_codes("2025-W01")) == ["2025-W01", "2025-01", "2025Q1", "2025"]


def test_the_bulletin_is_made_on_demand(city: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    at = page(city, monkeypatch)
    at.button(key="bulletin_go").click()
    run(at)
    code, notice, content, demo = at.session_state["bulletin"]
    assert (code, demo) == (WEEK, True)
    assert re.search(r"✓ 本通报数字全部来自已封存的 1 期", shown(at))
    paragraphs = [p.text for p in docx.Document(io.BytesIO(content)).paragraphs]
    assert paragraphs[0] == "2026年第47周全市政务公开监测情况通报"
    assert notice in paragraphs
