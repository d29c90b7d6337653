"""Every value of the rule table says where it comes from, and a table that changes under its name is told."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from cockpit.__main__ import main
from cockpit.appraise import namesakes
from cockpit.appraise.indicators import LIMITS, OFFICIAL, RuleError, load_rules, parse_rules
from cockpit.appraise.judge import distance
from cockpit.paths import CHECKOUT, SHIPPED, DataDir
from cockpit.ui import rulebook

TABLE = SHIPPED / "rules" / "indicators.toml"
RULES = load_rules(SHIPPED / "rules")
# Lines other than vetoes that a document gives: the city's 99 %, one site a unit, six consultations a year
GIVEN = {("I-01", "near"), ("I-02", "near"), ("U-SITES", "notice"), ("B-CONSULT", "deduct_at")}
# Vetoes and clauses that are told of and were not found
NOT_SEEN = {"V-W-06b", "V-W-06c", "V-M-01", "A-OFF", "F-HOME", "U-CODE", "A-SLOW"}
# Points of single places that a published deduction or the table itself gives
POINTS = {"D-POLICY", "D-STAT", "D-REPLY"}


def test_only_values_with_a_source_are_called_official() -> None:
    claimed = {
        (i.id, field)
        for i in RULES.indicators.values()
        for field in (*LIMITS, "deduct_at", "cap", "least_samples")
        if field != "veto" and getattr(i, field) is not None and i.nature_of(field) in OFFICIAL
    }
    assert claimed == GIVEN
    assert {i.id for i in RULES.indicators.values() if i.nature == "unverified"} == NOT_SEEN
    assert {i.id for i in RULES.indicators.values() if i.nature_of("points_each") in OFFICIAL} == POINTS


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("V-W-02", ["否决 ≥ 5% 国家", "预警 ≥ 3% 项目默认", "临近 ≥ 1.5% 项目默认"]),
        ("V-M-02", ["否决 ≥ 14 天 国家", "预警 ≥ 12 天 项目默认", "临近 ≥ 10 天 项目默认"]),
        ("I-01", ["预警 &lt; 90% 项目默认", "临近 &lt; 99% 地方"]),
        ("T-01", ["预警 ≥ 10 类 项目默认", "临近 ≥ 5 类 项目默认"]),
        ("V-W-06b", ["否决 ≥ 5 个 原文未核实", "预警 ≥ 3 个 项目默认", "临近 ≥ 1 个 项目默认"]),
    ],
)
def test_every_limit_carries_its_mark(name: str, told: list[str]) -> None:
    shown = rulebook.limits(RULES.indicators[name]).split("<br>")
    assert [s.replace('<span class="ck-tag">', "").replace("</span>", "") for s in shown] == told


def test_a_distance_says_when_its_line_is_not_official() -> None:
    at = RULES.indicators
    assert distance(at["V-W-06b"], 2) == "红线 5 个（原文未核实），还差 3 个"
    assert distance(at["L-DEAD"], 12) == "预警线 20 个（项目默认），还差 8 个"
    assert distance(at["V-W-03"], 10) == "红线 14 天，还差 4 天"
    assert distance(at["I-01"], 0.95) == "预警线 90%（项目默认），还差 5%"


def test_numbers_in_words_say_it_too() -> None:
    for name in ("A-SOON", "S-CERT", "W-OLD", "A-DOWN", "A-RATE", "A-OPEN", "R-RATE", "R-OPEN"):
        assert "项目默认" in RULES.indicators[name].explain, name


def test_a_wrong_nature_is_named() -> None:
    text = TABLE.read_text("utf-8")
    for wrong in ('{ near = "official" }', '{ metric = "local" }', '"local"'):
        changed = text.replace('\nnatures = { near = "local" }', f"\nnatures = {wrong}", 1)
        with pytest.raises(RuleError, match="I-01：natures"):
            parse_rules(changed.encode(), TABLE)


def own_table(data: DataDir, old: str, new: str) -> None:
    folder = data.root / "rules"
    folder.mkdir(parents=True)
    for path in (SHIPPED / "rules").iterdir():
        folder.joinpath(path.name).write_bytes(path.read_bytes())
    text = TABLE.read_text("utf-8")
    assert old in text
    folder.joinpath("indicators.toml").write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_changed_table_under_the_old_name_is_told(
    data: DataDir, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own_table(data, "veto = 0.05", "veto = 0.06")
    main(["doctor", "--data", str(data.root)])
    assert f"现行口径 v{RULES.version}" in (told := capsys.readouterr().out)
    assert "同名而内容不同" in told
    monkeypatch.setenv("COCKPIT_DATA", str(data.root))
    page = AppTest.from_file(str(CHECKOUT / "dashboard.py"), default_timeout=60)
    page.switch_page("pages/rules.py").run()
    assert not page.exception
    assert "同名而内容不同" in " ".join(e.proto.body for e in page.get("html"))


def test_a_changed_table_with_a_name_of_its_own_is_not(
    data: DataDir, capsys: pytest.CaptureFixture[str]
) -> None:
    own_table(data, f'version = "{RULES.version}"', 'version = "2026.本市"')
    main(["doctor", "--data", str(data.root)])
    assert "同名" not in capsys.readouterr().out


def test_weeks_scored_by_another_table_of_that_name_are_named() -> None:
    used = [
        {"rules_version": v, "rules_sha256": s, "first_week": "2026-W40", "last_week": "2026-W44"}
        for v, s in ((RULES.version, RULES.sha256), (RULES.version, "ab" * 32), ("2025.1", "cd" * 32))
    ]
    assert namesakes.found(RULES, used) == ["2026-W40 至 2026-W44 计分所用的口径（sha256 abababababab）"]
