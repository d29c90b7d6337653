"""可用性与安全: the share of failed visits can be read beside its bar, however long both are."""

from __future__ import annotations

from tests.browser.conftest import Window

WORST = """
    (() => {
      const bar = document.querySelector('.ck-veto'), share = bar.parentElement.querySelector('.ck-share');
      bar.querySelector('i').style.width = '100%';
      share.textContent = '100.00%';
      const words = document.createRange();
      words.selectNodeContents(share);
      return words.getBoundingClientRect().left - bar.getBoundingClientRect().right;
    })()
"""


def test_a_full_bar_keeps_off_its_number(window: Window) -> None:
    for width in (1024, 1280, 1440):
        assert window.open("/availability", width, 900).evaluate(WORST) >= 6, width
