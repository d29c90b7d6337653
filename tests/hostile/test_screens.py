"""The hostile city in real Chromium: on every page nothing runs, nothing is asked elsewhere, nothing hides or sticks out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page

from cockpit import plain, store
from cockpit.paths import DataDir
from cockpit.ui import shell
from cockpit.ui.rowlists import LISTS
from tests.browser.conftest import serve, settle
from tests.browser.screens import path
from tests.hostile import city
from tests.sites.hostile.strings import AWAY, RUN

# Whatever of ours was not drawn by us: handlers, frames, scripts with the mark, elements and links of the strings.
FOREIGN = f"""
(() => {{
  const of = e => (e.outerHTML || '').slice(0, 160), all = [...document.querySelectorAll('*')];
  const reached = all.filter(e => [...e.attributes].some(a => /^on/i.test(a.name)
      || /^(href|src|action|xlink:href|srcdoc)$/i.test(a.name) && /^(javascript:|data:text|https?:..{AWAY})/i.test(a.value)));
  const made = all.filter(e => e.matches('iframe,base,form[action],meta[http-equiv=refresh],animate,.katex,object,embed')
      || e.matches('script,style') && /pwned/.test(e.textContent));

  return [...reached, ...made].map(of);
}})()
"""
TEXT = """
(() => { const copy = document.querySelector('[data-testid=stApp]').cloneNode(true);
  copy.querySelectorAll('style,script').forEach(e => e.remove());
  return [document.title, copy.textContent, ...[...document.querySelectorAll('input,textarea')].map(e => e.value),
          ...[...document.querySelectorAll('[title],[aria-label],[alt]')].map(e => e.title + e.ariaLabel + e.getAttribute('alt'))].join('\\n') })()
"""
WIDE = """
(() => { const over = e => e ? e.scrollWidth - e.clientWidth : 0;
  return ['html', '[data-testid=stMain]', '[role=dialog]'].filter(s => over(document.querySelector(s)) > 1) })()
"""
EVIDENCE = (
    "SELECT warning_id AS id FROM warning WHERE closed_at IS NULL AND finding_id IS NOT NULL ORDER BY level, warning_id LIMIT 1",
    "SELECT deduction_id AS id FROM deduction WHERE finding_id IS NOT NULL ORDER BY week DESC, points DESC LIMIT 1",
    "SELECT finding_id AS id FROM finding JOIN snapshot ON url = page_url WHERE gone_at IS NULL ORDER BY finding_id LIMIT 1",
    "SELECT finding_id AS id FROM finding WHERE aspect = 'hidden' ORDER BY finding_id LIMIT 1",
)


@dataclass
class Looker:
    """One browser page that keeps what it must never see."""

    url: str
    page: Page
    outside: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        own = (self.url, "data:", "blob:", self.url.replace("http", "ws"))
        self.page.on("request", lambda r: None if r.url.startswith(own) else self.outside.append(r.url))
        self.page.on("dialog", lambda d: (self.dialogs.append(d.message), d.dismiss()))
        self.page.on("popup", lambda p: self.dialogs.append(p.url))

    def go(self, address: str) -> None:
        self.page.goto(self.url + address)
        settle(self.page)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    return city.shared(tmp_path_factory)


@pytest.fixture(scope="module")
def looker(hostile: DataDir, browser: Browser) -> Iterator[Looker]:
    process, url = serve(hostile)
    context = browser.new_context(locale="zh-CN")
    made = Looker(url, context.new_page())
    yield made
    context.close()
    process.terminate()
    process.wait(20)


def addresses(data: DataDir) -> list[str]:
    """Evidence, cases, accounts and rows, each by its own address."""
    with store.reader(data) as reader:
        found = [row["id"] for sql in EVIDENCE if (row := reader.one(sql))]
        dispute = reader.one("SELECT dispute_id AS id FROM dispute ORDER BY state LIMIT 1")
        unit = reader.one("SELECT unit_code AS id FROM warning GROUP BY 1 ORDER BY count(*) DESC LIMIT 1")
    assert len(found) == len(EVIDENCE)
    assert dispute
    return [
        *(f"/alerts?evidence={name}" for name in found),
        f"/review?case={dispute['id']}",
        f"/unit?unit={unit['id']}",
        "/?kiosk=1&scene=2",
        "/?kiosk=1&scene=3",
    ]


def check(looker: Looker, address: str) -> list[str]:
    """What is wrong with an address, wide and on a phone."""
    looker.page.set_viewport_size({"width": 1280, "height": 900})
    looker.go(address)
    wrong = [f"failed: {t[:200]}" for t in looker.page.locator("[data-testid=stException]").all_inner_texts()]
    text = looker.page.evaluate(TEXT)
    wrong += [f"暂时无法生成 ×{text.count('暂时无法生成')}"] if "暂时无法生成" in text else []
    wrong += [f"foreign: {e}" for e in looker.page.evaluate(FOREIGN)[:5]]
    wrong += [f"hidden: {plain.hidden(text)}"] if plain.hidden(text) else []
    wrong += [f"1280: {s} sticks out" for s in looker.page.evaluate(WIDE)]
    if "kiosk" not in address:
        looker.page.set_viewport_size({"width": 390, "height": 844})
        looker.page.wait_for_timeout(250)
        wrong += [f"390: {s} sticks out" for s in looker.page.evaluate(WIDE)]
    wrong += ["it ran"] if looker.page.evaluate(f"{RUN.split('=')[0]} !== undefined") else []
    wrong += [f"asked {u}" for u in looker.outside] + [f"said {d}" for d in looker.dialogs]
    looker.outside.clear()
    looker.dialogs.clear()
    return wrong


@pytest.mark.parametrize("key", list(shell.SCREENS))
def test_a_screen_shows_hostile_words_as_words(looker: Looker, key: str) -> None:
    assert check(looker, path(key)) == []


def test_lists_and_evidence_show_hostile_words_as_words(looker: Looker, hostile: DataDir) -> None:
    wrong = {a: found for a in addresses(hostile) if (found := check(looker, a))}
    assert wrong == {}


@pytest.mark.parametrize("name", [n for n in LISTS if n != "targets"])
def test_a_list_behind_a_number_shows_hostile_words_as_words(looker: Looker, name: str) -> None:
    assert check(looker, f"/lists?list={name}") == []


def test_every_text_column_is_hostile_or_made_by_the_program() -> None:
    assert city.unsorted_columns() == []
