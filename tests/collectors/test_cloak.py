"""Cloaking: other faces are told from pages that change by themselves; made-up addresses that show the trade."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from collectors import cloak, planted
from collectors.fetch import Response

URL = "http://www.a.gov.cn/"
TEXT = "<p>为做好有关工作，现将有关事项通知如下，请各单位认真组织实施。</p>" * 5
Answer = Callable[[str, str, int], str]


def answer(body: str, url: str = URL) -> Response:
    html = body if "<title" in body else f"<title>某市某局</title>{TEXT}{body}"
    return Response(url, url, 200, {"content-type": "text/html; charset=utf-8"}, html.encode())


def faces(body: Answer, pages: int = 1) -> list[Any]:
    """Findings on a site whose answers depend on agent, referer and the number of the request."""
    asked = 0

    def get(url: str, headers: Mapping[str, str] | None = None) -> Response:
        nonlocal asked
        asked += 1
        headers = headers or {}
        return answer(body(headers.get("User-Agent", ""), headers.get("Referer", ""), asked), url)

    seen = [SimpleNamespace(url=f"{URL}{n or ''}", page_type="channel") for n in range(pages)]
    return [found for _, found, _ in cloak.find(SimpleNamespace(pages=seen), SimpleNamespace(get=get))]


LINKS = "".join(f'<a href="http://www.s{n}x.com/">甲</a>' for n in range(3))


@pytest.mark.parametrize(
    ("body", "way", "what"),
    [
        (lambda agent, _r, _n: "时时彩平台" if "Baiduspider" in agent else "", "百度爬虫", "时时彩"),
        (lambda _a, referer, _n: "时时彩平台" if "baidu" in referer else "", "百度搜索", "时时彩"),
        (lambda agent, _r, _n: '<script src="http://x.top/m.js"></script>' if "iPhone" in agent else "", "手机", "m.js"),
        (lambda agent, _r, _n: LINKS if "spider" in agent else "", "百度爬虫", "3 个陌生站外主机"),
    ],
)  # fmt: skip
def test_another_face_is_told_with_the_way_of_visiting(body: Answer, way: str, what: str) -> None:
    [found] = faces(body)
    assert way in found.why
    assert what in found.why


@pytest.mark.parametrize(
    "body",
    [
        lambda _a, _r, n: ["加快三年行动", "以下注意事项", "南亚博览会", "提高仿制药质量"][n % 4],
        lambda _a, _r, n: f"滚动要闻：{'时时彩' if n > 1 else ''}",
        lambda agent, _r, _n: "警方打击时时彩赌博案件" if "spider" in agent else "",
        lambda _a, _r, n: f'<a href="http://www.s{n}x.com/">荐</a>',
    ],
)
def test_a_page_that_changes_by_itself_is_no_cloaking(body: Answer) -> None:
    assert faces(body) == []


@pytest.mark.parametrize(("spider", "pages"), [("Baidu", 4), ("Sogou", 2), ("360Spider", 2), ("Yisou", 2)])
def test_every_page_is_asked_as_baidu_and_every_other_one_as_the_rest(spider: str, pages: int) -> None:
    assert len(faces(lambda agent, _r, _n: "时时彩平台" if spider in agent else "", pages=4)) == pages


def test_a_made_up_address_that_shows_the_trade() -> None:
    home = answer("")
    found = planted.judge(URL, answer("<title>北京赛车pk10</title>时时彩投注"), home)
    assert found
    assert (found.url, found.technique, found.severity) == (URL, "cloaking_made_up", "critical")
    assert planted.judge(URL, answer("页面不存在"), home) is None
    assert planted.judge(URL, answer("时时彩"), answer("时时彩")) is None
