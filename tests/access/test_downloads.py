"""Every file that leaves the screens goes through one door: asked for the role, limited to the unit, written down."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from cockpit import access, pipeline, store, trail
from cockpit.clock import now
from cockpit.errors import CockpitError, StoreError
from cockpit.paths import CHECKOUT, DataDir
from cockpit.store.queries import scores
from cockpit.ui import door
from cockpit.ui.shell import SCREENS
from tests.access.conftest import worst_unit
from tests.access.test_screens_by_role import screen

HandOut = Callable[[], bytes]
KINDS = {"考核包", "计分卡", "通报", "年报表三", "异议附件", "快照", "空模板", "台账"}


def test_nothing_is_handed_out_past_the_door() -> None:
    found = {
        path.name
        for folder in ("cockpit", "pages")
        for path in (CHECKOUT / folder).rglob("*.py")
        if re.search(r"download_button|link_button|b64encode.*href", path.read_text("utf-8"))
    }
    assert found == {"door.py"}


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, HandOut]]:
    """What the pages offer, by its words in the trail."""
    found: dict[str, HandOut] = {}
    real = door.keeper

    def keeper(content: door.Content, about: str, record: door.Record | None = None) -> HandOut:
        found[about] = real(content, about, record)
        return found[about]

    monkeypatch.setattr(door, "keeper", keeper)
    yield found


def walk(city: DataDir, monkeypatch: pytest.MonkeyPatch, role: str) -> list[AppTest]:
    """Every page of the table, and the addresses under which more can be taken."""
    with store.reader(city) as reader:
        case = reader.one("SELECT dispute_id AS id FROM dispute WHERE attachment_sha256 IS NOT NULL LIMIT 1")
        kept = reader.one(
            "SELECT finding_id AS id FROM finding f JOIN snapshot s ON s.url = f.page_url AND s.site_code = f.site_code "
            "WHERE gone_at IS NULL LIMIT 1"
        )
    assert case
    assert kept
    pages = [screen(city, monkeypatch, s.file, role, list="targets") for s in SCREENS.values()]
    pages.append(screen(city, monkeypatch, "pages/review.py", role, case=case["id"]))
    pages.append(screen(city, monkeypatch, "pages/content.py", role, evidence=kept["id"]))
    return pages


def takings(city: DataDir) -> dict[str, tuple[str, str]]:
    """What the trail says: object → (actor, digest)."""
    with store.reader(city) as reader:
        rows = reader.rows("SELECT object_id, actor, after FROM audit WHERE action LIKE 'export.%'")
    return {r["object_id"]: (r["actor"], r["after"]) for r in rows}


def test_everything_taken_by_anybody_stands_in_the_trail(
    city: DataDir, monkeypatch: pytest.MonkeyPatch, handed: dict[str, HandOut]
) -> None:
    pages = walk(city, monkeypatch, "admin")
    bulletin = next(b for at in pages for b in at.button if b.key == "bulletin_go")
    bulletin.click().run()
    offered = [b for at in pages for b in at.get("download_button")]
    assert {about.split(" ")[0] for about in handed} == KINDS
    assert len(offered) >= len(handed) - 1
    assert [b.label for b in offered if b.proto.disabled and b.key != "download"] == []
    contents = {about: hand_out() for about, hand_out in handed.items()}
    told = takings(city)
    for about, content in contents.items():
        bundle = about.startswith("考核包")
        entry = told[f"{about.removeprefix('考核包 ')} 全部单位"]
        proof = _sums(content) if bundle else content
        assert entry[0] == "管理员甲"
        assert hashlib.sha256(proof).hexdigest()[:16] in entry[1]


def _sums(bundle: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return next(archive.read(n) for n in archive.namelist() if n.endswith("SHA256SUMS"))


def test_a_contact_takes_rows_of_the_own_unit_alone(
    city: DataDir, monkeypatch: pytest.MonkeyPatch, handed: dict[str, HandOut]
) -> None:
    walk(city, monkeypatch, "contact")
    own = worst_unit(city)
    with store.reader(city) as reader:
        units = scores.units(reader)
    others = [u["unit_name"] for u in units if u["unit_code"] != own]
    assert {"考核包", "计分卡", "年报表三"} <= {about.split(" ")[0] for about in handed}
    assert not [about for about in handed if about.startswith(("通报", "台账"))]
    for about, hand_out in handed.items():
        content = hand_out()
        parts = [content]
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                # the rules and causes that judge everybody name units in their clauses; they are nobody's rows
                parts = [archive.read(n) for n in archive.namelist() if re.search(r"\d\d_.*\.csv$", n)]
        text = "\n".join(p.decode("utf-8", "replace") for p in parts)
        assert [name for name in others if name in text] == [], about
    told = takings(city)
    assert all(f"{about} {own}" in told for about in handed if not about.startswith("考核包"))


def test_who_may_not_export_gets_nothing_not_even_past_the_button(
    city: DataDir, monkeypatch: pytest.MonkeyPatch, handed: dict[str, HandOut]
) -> None:
    from cockpit.ui import who

    monkeypatch.setenv("COCKPIT_DATA", str(city.root))
    monkeypatch.setattr(who, "is_local", lambda: False)
    at = AppTest.from_file(str(CHECKOUT / "dashboard.py"), default_timeout=60)
    at.switch_page("pages/scorecard.py").run()
    buttons = at.get("download_button")
    assert [b.proto.disabled for b in buttons] == [True]
    assert not buttons[0].proto.url
    before = takings(city)
    for hand_out in handed.values():
        with pytest.raises(CockpitError, match="需要.*角色"):
            hand_out()
    pipeline.load_all(city, now(), force=True)
    assert takings(city) == before


def test_a_role_taken_away_meanwhile_counts(
    city: DataDir, monkeypatch: pytest.MonkeyPatch, handed: dict[str, HandOut]
) -> None:
    screen(city, monkeypatch, "pages/scorecard.py", "viewer")
    (hand_out,) = handed.values()
    assert hand_out()
    path = access.access_file(city)
    kept = path.read_bytes()
    try:
        people = [p for p in access.read_people(path) if p["role"] != "viewer"]
        access.write_people(path, people)
        with pytest.raises(CockpitError, match="角色"):
            hand_out()
        access.write_people(
            path, [*people, {"account": "viewer@xinyu.example", "name": "查看甲", "role": "duty"}]
        )
        with pytest.raises(CockpitError, match="刚刚变了"):
            hand_out()
    finally:
        path.write_bytes(kept)


def test_what_cannot_be_written_down_is_not_handed_out(
    city: DataDir, monkeypatch: pytest.MonkeyPatch, handed: dict[str, HandOut]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreError("磁盘已满")

    screen(city, monkeypatch, "pages/scorecard.py", "viewer")
    monkeypatch.setattr(trail, "note", full)
    (hand_out,) = handed.values()
    with pytest.raises(StoreError, match="磁盘已满"):
        hand_out()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\windows\\a.txt", "a.txt"),
        ("文件\u202efdp.exe", "文件fdp.exe"),
        ("a\x1b[31m\r\nb.csv", "a[31m_b.csv"),
        ("x" * 300 + ".docx", "x" * 115 + ".docx"),
        ("..", "下载"),
        ('<img src=x>"&.txt', "_img src_x___.txt"),
    ],
)
def test_file_names_are_names(name: str, safe: str) -> None:
    assert door.safe_name(name) == safe
