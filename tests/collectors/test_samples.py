"""The demonstration city: deterministic, every state there, never mixed with collected data, never a real address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from cockpit import demo, registry, store
from cockpit.__main__ import main
from cockpit.appraise import registers
from cockpit.appraise.register_judges import RULES
from cockpit.detect import privacy
from cockpit.paths import SHIPPED, DataDir
from cockpit.store import snapshots
from cockpit.ui import health
from cockpit.workdays import Calendar
from collectors.__main__ import main as collect
from collectors.samples_city import cast
from collectors.samples_facts import day_rows
from collectors.samples_ledgers import CHANNELS
from collectors.samples_requests import request_rows

NOW = datetime(2026, 11, 24, 4)
LAST = date(2026, 11, 24)

STATES = {
    "否决：空白栏目": "SELECT 1 FROM warning WHERE indicator_id = 'V-W-04c' AND level = 'red' AND closed_at IS NULL",
    "否决：链接违法内容": "SELECT 1 FROM warning WHERE indicator_id = 'V-W-01-LINK' AND level = 'red'",
    "否决：新媒体": "SELECT 1 FROM indicator_result WHERE indicator_id = 'V-M-02' AND judgement = 'veto'",
    "否决：可用性": "SELECT 1 FROM indicator_result WHERE indicator_id = 'V-W-02' AND judgement = 'veto'",
    "严重表述（已改）": "SELECT 1 FROM finding WHERE kind = 'wording.formulation' AND gone_at IS NOT NULL",
    "临近：首页": "SELECT 1 FROM warning WHERE indicator_id = 'V-W-03' AND level IN ('orange', 'yellow') AND closed_at IS NULL",
    "临近：空白栏目 4/5": "SELECT 1 FROM warning WHERE indicator_id = 'V-W-04c' AND value = 4",
    "未采集": "SELECT 1 FROM indicator_result WHERE NOT measured AND cause = 'no_route'",
    "未采集：可用性也说得出": "SELECT 1 FROM coverage WHERE aspect = 'availability' AND NOT ok AND cause = 'no_route'",
    "未评单位": "SELECT 1 FROM score WHERE score IS NULL AND grade = '未评'",
    "注销账号": "SELECT 1 FROM account WHERE state = 'closed'",
    "临时下线网站": "SELECT 1 FROM site WHERE state = 'suspended'",
    "新网站": "SELECT 1 FROM site WHERE valid_from = DATE '2026-11-19'",
    "一处页脚三十一页": "SELECT 1 FROM finding WHERE kind = 'link.dead' AND places = 31 AND gone_at IS NULL",
    "再现的问题": "SELECT 1 FROM finding_span GROUP BY finding_id HAVING count(*) > 1",
    "隐私（已脱敏）": "SELECT 1 FROM finding WHERE kind = 'privacy.id_card' AND text LIKE '36%***%'",
    "首页标识：缺少": "SELECT 1 FROM finding WHERE kind = 'home.missing' AND gone_at IS NULL",
    "首页标识：不规范": "SELECT 1 FROM finding WHERE kind = 'home.invalid' AND gone_at IS NULL",
    "首页标识：已改": "SELECT 1 FROM finding WHERE kind LIKE 'home.%' AND gone_at IS NOT NULL",
    **{
        f"发稿日期可疑：{rule}": f"SELECT 1 FROM finding WHERE kind = 'date.forged' AND rule = 'date.{rule}'"
        for rule in ("seen_before", "url", "tag", "moved")
    },
    "统计复核": "SELECT 1 FROM finding WHERE kind = 'wording.typo' AND rule = 'reader' AND severity = 'low'",
    **{
        f"死链：{cause} {status}": f"SELECT 1 FROM finding WHERE kind = 'link.dead' AND cause = '{cause}' "
        f"AND http_status IS NOT DISTINCT FROM {status}"
        for cause, status in (("not_found_404", "404"), ("server_5xx", "503"), ("timeout", "NULL"))
    },
    "没有 HTTPS 就没有响应头可查": "SELECT 1 FROM certificate_check WHERE NOT https AND missing_headers IS NULL",
    "证书到期": "SELECT 1 FROM certificate_check WHERE days_left < 0",
    "证书临期": "SELECT 1 FROM finding WHERE kind = 'certificate.expiring' AND gone_at IS NULL",
    "IPv6 98.9%": "SELECT 1 FROM ipv6_check WHERE level2_ok = 178",
    "没有 AAAA": "SELECT 1 FROM ipv6_check WHERE NOT has_aaaa",
    "申请逾期": "SELECT 1 FROM warning WHERE indicator_id = 'A-01' AND closed_at IS NULL",
    "申请临期": "SELECT 1 FROM warning WHERE indicator_id = 'A-SOON' AND closed_at IS NULL",
    "申请延期": "SELECT 1 FROM application WHERE extended",
    "征求第三方": "SELECT 1 FROM application WHERE third_party_from IS NOT NULL",
    **{
        f"申请：{name}": f"SELECT 1 FROM application WHERE {where}"
        for name, where in {
            "待补正": "stage = '补正' AND due_on IS NULL",
            "收到补正": "correction_received_on IS NOT NULL",
            "停表中": "third_party_from IS NOT NULL AND third_party_to IS NULL",
            "征求其他机关": "partner_to IS NOT NULL",
            "逾期答复": "answered_on > due_on",
            "补正逾期终结": "result = '逾期不补正'",
            "上年结转": "year(received_on) < year(answered_on)",
            "岗位": "handled_post IS NOT NULL",
        }.items()
    },
    "模拟测评发现问题": "SELECT 1 FROM mock_request WHERE NOT channel_open",
    "复议纠正": "SELECT 1 FROM review_case WHERE outcome = '结果纠正'",
    **{f"留言渠道：{c}": f"SELECT 1 FROM message WHERE channel_in = '{c}'" for c in CHANNELS},
    "留言临期": "SELECT 1 FROM warning WHERE indicator_id = 'V-W-05b' AND level = 'orange'",
    **{
        f"处置：{s}": f"SELECT 1 FROM warning WHERE state = '{s}'"
        for s in ("new", "ack", "doing", "verify", "ignored", "closed")
    },
    **{f"异议：{s}": f"SELECT 1 FROM dispute WHERE state = '{s}'" for s in ("open", "upheld", "cancelled")},
}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataDir]:
    data = DataDir(tmp_path_factory.mktemp("samples") / "samples")
    data.mark_demo()
    demo.build(data, NOW, 26, quiet=True)
    yield data


def rows(data: DataDir, sql: str) -> list[dict[str, Any]]:
    with store.reader(data) as reader:
        return reader.rows(sql)


@pytest.mark.parametrize("state", list(STATES))
def test_every_state_is_represented(city: DataDir, state: str) -> None:
    assert rows(city, STATES[state])


def test_twenty_six_weeks_for_all_units_in_a_plausible_range(city: DataDir) -> None:
    [row] = rows(
        city,
        "SELECT count(DISTINCT week) AS weeks, count(DISTINCT unit_code) AS units, avg(score) AS mean FROM score",
    )
    assert (row["weeks"], row["units"]) == (26, 36)
    assert 80 <= row["mean"] <= 98
    ties = rows(
        city,
        "SELECT 1 FROM score WHERE rank_in_group IS NOT NULL GROUP BY week, unit_group, rank_in_group HAVING count(*) > 1",
    )
    assert ties


def test_no_warning_ends_before_it_begins(city: DataDir) -> None:
    """Decisions told afterwards are loaded now: a load in the past would close and open warnings of today."""
    assert rows(city, "SELECT warning_id FROM warning_log WHERE closed_at < opened_at") == []


def test_every_batch_says_in_chinese_whose_it_is(city: DataDir) -> None:
    assert {row["collector"] for row in rows(city, "SELECT DISTINCT collector FROM batch")} <= set(
        health.NAMES
    )


def test_every_leak_and_hidden_link_names_its_page(city: DataDir) -> None:
    sql = "SELECT finding_id FROM finding WHERE page_url IS NULL AND (kind LIKE 'hidden.%' OR kind LIKE 'privacy.%')"
    assert rows(city, sql) == []


def test_every_finding_of_a_page_has_its_masked_snapshot(city: DataDir) -> None:
    found = rows(
        city,
        "SELECT kind, text, snapshot_sha256, page_url FROM finding WHERE kind NOT LIKE 'certificate.%' AND gone_at IS NULL",
    )
    assert len(found) > 150
    shown = [(snapshots.read(city, r["snapshot_sha256"] or "") or b"").decode() for r in found]
    assert [r for r, text in zip(found, shown, strict=True) if r["text"] not in text] == []
    assert [r for r, text in zip(found, shown, strict=True) if privacy.find(text)] == []
    kept = rows(city, "SELECT url, snapshot_sha256 FROM snapshot")
    assert {(r["page_url"], r["snapshot_sha256"]) for r in found} <= {
        (r["url"], r["snapshot_sha256"]) for r in kept
    }


def test_no_site_has_response_headers_of_https_without_https(city: DataDir) -> None:
    assert (
        rows(city, "SELECT site_code FROM certificate_check WHERE NOT https AND missing_headers IS NOT NULL")
        == []
    )


def test_no_address_of_the_demonstration_can_be_real(city: DataDir) -> None:
    for table, column in (
        ("site", "url"),
        ("link", "url"),
        ("finding", "target"),
        ("finding", "page_url"),
        ("channel_check", "url"),
        ("page", "url"),
    ):
        found = rows(city, f"SELECT DISTINCT {column} AS u FROM {table} WHERE {column} LIKE 'http%'")
        assert [r["u"] for r in found if ".demo.example/" not in r["u"]] == []


def test_the_same_day_gives_the_same_rows() -> None:
    units = registry.load_register(DataDir(SHIPPED)).units
    one, two = (list(day_rows(cast(units, LAST, 26), date(2026, 11, 20), LAST, NOW)) for _ in range(2))
    assert one == two
    assert len(one) > 500


def test_nobody_complains_of_an_answer_that_was_not_given_yet() -> None:
    shipped = DataDir(SHIPPED)
    actors = cast(registry.load_register(shipped).units, LAST, 26)
    made = list(request_rows(actors, LAST, Calendar.load(shipped.calendar), NOW))
    answered = {r["application_id"]: r.get("answered_on") for kind, r in made if kind == "application"}
    cases = [r for kind, r in made if kind == "review_case" and r["application_id"]]
    assert cases
    for case in cases:
        assert answered[case["application_id"]] <= case["filed_on"]


def test_it_never_goes_where_collected_data_is(data: DataDir, capsys: pytest.CaptureFixture[str]) -> None:
    assert collect(["samples", "--data", str(SHIPPED)]) == 2
    data.registry.mkdir(parents=True)
    assert collect(["samples", "--data", str(data.root)]) == 2
    assert main(["demo", "--data", str(data.root)]) == 2
    assert "不能混入" in capsys.readouterr().err


def test_a_second_call_on_the_same_day_says_so(city: DataDir, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--data", str(city.root), "--as-of", "2026-11-24T13:00"]) == 0
    assert "已是今天的" in capsys.readouterr().out


def test_doctor_finds_a_right_installation_and_a_wrong_one(
    city: DataDir, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "--data", str(city.root), "--as-of", "2026-11-24T13:00"]) == 0
    assert "没有发现问题" in capsys.readouterr().out
    assert main(["doctor", "--data", str(city.root), "--as-of", "2026-11-29T13:00"]) == 1
    assert "已超过 48 小时" in capsys.readouterr().out
    assert main(["doctor", "--data", str(tmp_path / "leer")]) == 1
    assert "registry init" in capsys.readouterr().out


REGISTER_STATES = {
    "disclosure_item": {"bad", "none", "ok"},
    "normative_document": {"bad", "soon", "none", "ok", "done"},
    "policy_document": {"bad", "soon", "ok", "done"},
    "interpreter": {"bad", "none", "ok"},
    "policy_review": {"bad", "open", "late", "done"},
    "public_zone": {"bad", "open", "ok"},
    "quarterly_report": {"bad", "none", "late", "done"},
    "clause_task": {"none"},
    "task_progress": {"bad", "open", "late", "done"},
    "commendation": {"bad", "soon", "ok", "late", "done"},
    "serious_incident": {"bad", "done"},
    "message": {"bad", "late", "done"},
    "opinion_event": {"bad", "soon", "open", "late", "done"},
    "account_event": {"bad", "soon", "late", "done"},
    "account_check": {"bad", "none", "ok", "late"},
}


@pytest.mark.parametrize("table", list(RULES))
def test_every_register_shows_its_states(city: DataDir, table: str) -> None:
    with store.reader(city) as reader:
        at = registers.scene(reader, LAST, Calendar())
        found = registers.counts(registers.judged(reader, table, at))
    assert set(found) >= REGISTER_STATES[table]


@pytest.mark.parametrize("weeks", ["1", "2"])
def test_a_short_city_is_made_too(tmp_path: Path, weeks: str) -> None:
    assert collect(["samples", "--weeks", weeks, "--data", str(tmp_path / "samples"), "--quiet"]) == 0
