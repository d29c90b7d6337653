"""The whole line on the demonstration city: what was planted is found, nothing is missed, nothing is invented."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from cockpit import store
from cockpit.paths import CHECKOUT, DataDir
from cockpit.store import snapshots
from tests.sites import demo
from tests.sites.city import City, Planted, hosts_text, running_city

NOW = datetime(2026, 11, 23, 4)


@dataclass
class Collected:
    city: City
    data: DataDir

    def rows(self, sql: str) -> list[dict[str, Any]]:
        with store.reader(self.data) as reader:
            return reader.rows(sql)


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collected]:
    data = DataDir(tmp_path_factory.mktemp("city") / "loopback")
    with running_city(date(2026, 11, 23)) as city:
        demo.prepare(data, city)
        demo.collect(data, NOW, quiet=True)
        demo.run(data, NOW, "cockpit", "score", "--week", "2026-W48")
        yield Collected(city, data)


def test_the_findings_are_exactly_what_was_planted(line: Collected) -> None:
    found = {
        Planted(r["site_code"], r["kind"], r["target"])
        for r in line.rows("SELECT * FROM finding WHERE gone_at IS NULL")
    }
    assert line.city.planted - found == set(), "missed"
    assert found - line.city.planted == set(), "invented"


def test_attachments_are_read_once_and_what_nobody_can_read_is_not_clean(line: Collected) -> None:
    rows = line.rows("SELECT url, state, cause FROM attachment WHERE site_code = 'wjw'")
    assert {r["url"]: r["cause"] for r in rows if r["cause"]} == line.city.unread
    assert sum(r["state"] == "read" for r in rows) == 5
    host = line.city.builders["wjw"].host
    asked = line.city.web.requests
    assert asked[host, "GET", "/files/list.xlsx"] == 2, "two nights; the second answer is 304 by its ETag"
    [row] = line.rows("SELECT place, source_page, times FROM finding WHERE target = '36*************01X'")
    assert row["place"] == "名单!B2"
    assert row["source_page"].endswith(".shtml")
    assert row["times"] == 2, "an unchanged attachment keeps its findings"


def test_the_clean_site_has_only_its_missing_https(line: Collected) -> None:
    assert [r["kind"] for r in line.rows("SELECT kind FROM finding WHERE site_code = 'tjj'")] == [
        "certificate.no_https"
    ]


def test_links_that_look_dead_but_live_are_not_reported(line: Collected) -> None:
    verdicts = {r["url"]: r["verdict"] for r in line.rows("SELECT url, verdict FROM link")}
    assert {url: verdicts[url] for url in line.city.alive if verdicts[url] not in {"ok", "unsure"}} == {}


def test_one_footer_link_is_one_finding_with_many_places(line: Collected) -> None:
    [row] = line.rows("SELECT places FROM finding WHERE kind = 'link.dead' AND site_code = 'portal'")
    [pages] = line.rows("SELECT count(*) AS n FROM page WHERE site_code = 'portal'")
    assert row["places"] == pages["n"] > 10


def test_no_page_was_asked_twice_in_one_patrol_but_for_cloaking(line: Collected) -> None:
    """Two patrols ran: each page at most twice plain, and the few that are asked again in other clothes."""
    host = line.city.builders["wjw"].host
    asked = {
        path: n
        for (h, method, path), n in line.city.web.requests.items()
        if h == host and method == "GET" and path.startswith("/gzdt/2")
    }
    assert asked
    assert max(asked.values()) <= 2 * (1 + 4) + 1  # two patrols: once, and four for cloaking; ipv6 once


def test_an_unreachable_site_is_unmeasured_and_unrated(line: Collected) -> None:
    [probe] = line.rows("SELECT ok, cause FROM probe WHERE site_code = 'slj'")
    assert probe == {"ok": False, "cause": "refused"}
    assert {
        r["cause"]
        for r in line.rows("SELECT cause FROM coverage WHERE site_code = 'slj' AND collector = 'patrol'")
    } == {"refused"}
    [score] = line.rows("SELECT score, grade, vetoed FROM score WHERE unit_code = 'YS-SLJ'")
    assert score == {"score": None, "grade": "未评", "vetoed": False}


def test_ipv6_counts_links_and_a_total_of_zero_is_no_data(line: Collected) -> None:
    rows = {r["site_code"]: r for r in line.rows("SELECT * FROM ipv6_check")}
    clean = rows["tjj"]
    assert (clean["has_aaaa"], clean["home_ok"]) == (True, True)
    assert clean["level2_ok"] == clean["level2_total"] > 5
    assert (rows["czj"]["has_aaaa"], rows["czj"]["level2_ok"], rows["czj"]["cause"]) == (False, 0, "no_aaaa")
    assert rows["slj"]["level2_total"] is None
    results = {
        r["site_code"]: r for r in line.rows("SELECT * FROM indicator_result WHERE indicator_id = 'I-02'")
    }
    assert rows["tyj"]["level3_total"] == 0
    assert (results["tyj"]["measured"], results["tyj"]["cause"]) == (False, "no_data")


def test_vetoes_and_scores_follow_from_the_facts(line: Collected) -> None:
    vetoed = {r["unit_code"] for r in line.rows("SELECT unit_code FROM score WHERE vetoed")}
    assert vetoed == {"YS-TYJ", "YS-CZJ", "YS-YUSHUI", "YS-PORTAL"}
    sums = line.rows("SELECT unit_code, round(sum(points), 2) AS lost FROM deduction GROUP BY unit_code")
    stored = {
        r["unit_code"]: round(r["deducted"], 2) for r in line.rows("SELECT unit_code, deducted FROM score")
    }
    assert {r["unit_code"]: r["lost"] for r in sums}.items() <= stored.items()


def test_no_raw_personal_data_is_anywhere_on_disk(line: Collected) -> None:
    for path in line.data.root.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"11010519491231002X" not in content, path
            assert b"13912345678" not in content, path
            assert b"36050219900101001X" not in content, path


def test_findings_are_defended_by_masked_snapshots(line: Collected) -> None:
    rows = line.rows(
        "SELECT f.kind, f.text, f.target, f.page_url, f.snapshot_sha256 FROM finding AS f "
        "WHERE f.gone_at IS NULL AND f.aspect <> 'certificate'"
    )
    assert {r["kind"].split(".")[0] for r in rows} == {
        "link", "hidden", "tag", "home", "channel", "date", "wording", "privacy"
    }  # fmt: skip
    for row in rows:
        content = snapshots.read(line.data, row["snapshot_sha256"] or "")
        assert content is not None, row
        if row["kind"].startswith(("wording.", "privacy.", "link.")) or row["kind"] == "hidden.cloaking":
            assert row["text"] in content.decode(), row
    forms = {r["form"]: r["url"] for r in line.rows("SELECT form, url FROM snapshot ORDER BY url")}
    [cloaked] = [r for r in rows if r["kind"] == "hidden.cloaking"]
    assert (forms["face"], set(forms)) == (cloaked["page_url"], {"page", "face", "attachment"})
    taken = line.rows("SELECT * FROM snapshot")
    assert {r["snapshot_sha256"] for r in rows} <= {r["snapshot_sha256"] for r in taken}
    assert all(r["http_status"] == 200 and len(r["content_sha256"]) == 64 for r in taken)
    for path in snapshots.folder(line.data).rglob("*.gz"):
        content = gzip.decompress(path.read_bytes())
        assert not any(
            raw in content for raw in (b"11010519491231002X", b"13912345678", b"36050219900101001X")
        )


def _check(line: Collected, code: str, *more: str) -> tuple[int, dict[str, Any]]:
    url = line.city.builders[code].url("/")
    command = [
        sys.executable,
        "-m",
        "collectors",
        "check",
        url,
        "--json",
        "--allow-private",
        "--hosts",
        str(line.data.root / "hosts"),
    ]
    done = subprocess.run(
        [*command, "--seconds", "2", "--as-of", "2026-11-23T12:00", *more],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout)


def test_check_prints_the_object_of_the_contract(line: Collected) -> None:
    code, seen = _check(line, "gxq")
    assert code == 0
    assert set(seen) == {"url", "started_at", "seconds", "pages", "bytes", "availability", "links", "hidden_links", "channels", "wording", "privacy", "attachments", "tags", "ipv6", "certificate", "unmeasured"}  # fmt: skip
    dead = {k["url"] for k in seen["links"] if k["verdict"] == "dead"}
    assert dead == {p.target for p in line.city.planted if p.site == "gxq" and p.kind == "link.dead"}
    pairs = [(k["url"], k["source"]) for k in seen["links"]]
    assert len(pairs) == len(set(pairs)), "one entry per distinct (url, source)"
    assert set(seen["links"][0]) >= {"url", "source", "text", "kind", "level", "verdict", "cause", "status"}


def test_check_finds_cloaking_and_reads_gbk(line: Collected) -> None:
    _, seen = _check(line, "yushui")
    assert any("cloaking" in h["technique"] for h in seen["hidden_links"])
    _, seen = _check(line, "czj")
    assert any(k["text"] == "2026年部门预算.pdf" for k in seen["links"])
    assert {(f["kind"], f["text"]) for f in seen["wording"]} == {
        ("wording.typo", "做为"),
        ("wording.formulation", "习近平新时代中国特色会主义思想"),
    }


def test_check_refuses_a_private_address_with_the_whole_object(line: Collected) -> None:
    url = line.city.builders["tjj"].url("/")
    command = [
        sys.executable,
        "-m",
        "collectors",
        "check",
        url,
        "--json",
        "--hosts",
        str(line.data.root / "hosts"),
    ]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    seen = json.loads(done.stdout)
    assert (done.returncode, seen["availability"]["cause"], [u["cause"] for u in seen["unmeasured"]]) == (
        1,
        "private_address",
        ["private_address"],
    )


@pytest.mark.parametrize("url", ["www.xinyu.gov.cn", "http://", "ftp://a.cn/", "http://a b/"])
def test_check_wants_a_whole_address(url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "collectors", "check", url],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "请以 http:// 或 https:// 开头" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_killed_patrol_is_taken_up_where_it_was(line: Collected, tmp_path: Path) -> None:
    data = DataDir(tmp_path / "resume")
    demo.prepare(data, line.city)
    (data.root / "hosts").write_text(hosts_text(line.city), encoding="utf-8")
    command = [sys.executable, "-m", "collectors", "patrol", "--quiet", "--json", "--allow-private", "--seconds", "3", "--data", str(data.root), "--hosts", str(data.root / "hosts"), "--as-of", "2026-11-23T12:00"]  # fmt: skip
    environment = {k: v for k, v in os.environ.items() if not k.startswith("COCKPIT_")}
    first = subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=subprocess.DEVNULL)
    journal = data.cache / "patrol.json"
    for _ in range(400):
        if journal.exists() and len(json.loads(journal.read_text())["done"]) >= 3:
            break
        time.sleep(0.05)
    first.send_signal(signal.SIGKILL)
    first.wait()
    done = set(json.loads(journal.read_text())["done"])
    assert 3 <= len(done) < len(line.city.sites)
    second = subprocess.run(
        command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False
    )
    again = {s["site"] for s in json.loads(second.stdout)["sites"]}
    assert again | done == {s[0] for s in line.city.sites}
    assert again & done == set(), "no site is walked twice"
    report = store.load(data, NOW)
    assert report.rejected == []
    with store.reader(data) as reader:
        assert (
            reader.rows(
                "SELECT site_code FROM coverage WHERE aspect = 'links' GROUP BY site_code HAVING count(*) <> 1"
            )
            == []
        )


def test_ctrl_c_keeps_what_was_measured(line: Collected, tmp_path: Path) -> None:
    data = DataDir(tmp_path / "stopped")
    demo.prepare(data, line.city)
    command = [sys.executable, "-m", "collectors", "patrol", "--quiet", "--allow-private", "--seconds", "3", "--data", str(data.root), "--hosts", str(data.root / "hosts")]  # fmt: skip
    process = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
    for _ in range(400):
        if list(data.spool.glob("*.parquet")):
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "被中止" in output
    assert store.load(data, NOW).batches >= 2
