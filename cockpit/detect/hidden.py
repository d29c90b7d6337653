"""Hidden links (暗链): not visible to a visitor AND pointing off-site to something illicit or out of place.

Techniques A–G of the crawl facts that can be decided without running scripts. What portals hide for good
reasons (menus, statistics, share widgets, other government sites) stays silent. Cloaking needs a second
request and is found by the collectors.
"""

from __future__ import annotations

import html as html_module
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cockpit.detect import illicit, invisible, scripts
from cockpit.detect.css import Cascade
from cockpit.detect.links import normalise, same_site
from cockpit.detect.page import Page

BENIGN_HOSTS = re.compile(
    r"(^|\.)(gov\.cn|conac\.cn|cnzz\.com|baidu\.com|bdstatic\.com|bdimg\.com|qq\.com|weixin\.com|weibo\.com|weibo\.cn|sina\.com\.cn|"
    r"people\.com\.cn|xinhuanet\.com|news\.cn|cctv\.com|12377\.cn|gmw\.cn|youth\.cn|ce\.cn|chinanews\.com(\.cn)?|edu\.cn|org\.cn|"
    r"jiathis\.com|bshare\.cn|googletagmanager\.com|google-analytics\.com|51\.la|51yes\.com|gridsum\.com|sogou\.com|so\.com|360\.cn|"
    r"microsoft\.com|apple\.com|firefox\.com|mozilla\.org|adobe\.com|w3\.org|schema\.org|douyin\.com|toutiao\.com|kuaishou\.com|"
    r"alipay\.com|aliyun\.com|alicdn\.com|amap\.com|tianditu\.com|jquery\.com|bootcdn\.net|jsdelivr\.net|staticfile\.org)$"
)
# Hiding that menus, tabs and pop-ups use every day: needs an illicit word, or a foreign link out of place.
EVERYDAY = frozenset(
    {
        "display_none",
        "hidden_attribute",
        "transparent",
        "visibility_hidden",
        "behind",
        "tag_noscript",
        "tag_template",
    }
)
_MENU = re.compile(
    r"menu|nav|tab|sub|drop|pop|share|wx|weixin|qr|code|float|mobile|phone|link|yqlj|select|dialog|modal|swiper|slide",
    re.IGNORECASE,
)
_UA_TITLE = re.compile(
    r"(?:userAgent|referrer)[^;{}]{0,200}(?:baidu|spider|sogou|360|google|bing|yisou|bot)[^}]{0,400}document\s*\.\s*title\s*=",
    re.IGNORECASE | re.DOTALL,
)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_META = re.compile(
    r"<meta[^>]+(?:keywords|description)[^>]+content\s*=\s*([\"'])(.*?)\1", re.IGNORECASE | re.DOTALL
)
_ENTITIES = re.compile(r"(?:&#x?[0-9a-f]{2,6};\s*){4,}", re.IGNORECASE)
_REDIRECT = re.compile(
    r"referrer[^;{}]{0,200}(?:baidu|sogou|so\.com|google|bing)[^}]{0,200}location(?:\.href)?\s*=\s*['\"](https?:[^'\"]+)",
    re.IGNORECASE,
)
_HREF = re.compile(r"(?:href|src)\s*=\s*\\?[\"']?\s*(https?:\\?/\\?/[^\"'\\\s>]+)", re.IGNORECASE)


@dataclass(frozen=True)
class HiddenLink:
    """One hidden link. `url` is the target, or the page itself where there is none; `line` is in the source."""

    url: str
    technique: str
    text: str
    line: int
    severity: str
    why: str


def find(page: Page, css: Mapping[str, str] | None = None) -> list[HiddenLink]:
    """Every hidden link of a page. `css`: linked style sheets of the site, address → text."""
    look = _Look(page, [n.text() for n in page.tree.css("style")], css or {})
    found: dict[tuple[str, str], HiddenLink] = {}
    for detector in (_anchors, _frames, _comments, _scripts, _head, _visible_sold):
        for hidden in detector(look):
            family = "hidden.title_hijack" if hidden.technique == "title_hijack" else "link"
            found.setdefault((family, hidden.url), hidden)
    return list(found.values())


class _Look:
    """What all detectors of one page share; the cascade is built only when a suspect needs it."""

    def __init__(self, page: Page, blocks: list[str], linked: Mapping[str, str]) -> None:
        self.page = page
        self._targets: list[tuple[LexborNode, str]] | None = None
        self._sheets = [*linked.values(), *blocks]
        self._cascades: dict[int, Cascade] = {}
        self.scripts = [n.text() for n in page.tree.css("script") if n.text()]
        self.hidden_ids = {
            i for s in self.scripts if "getElementById" in s or "hide" in s for i in scripts.hidden_ids(s)
        }

    def cascade(self, tree: LexborHTMLParser) -> Cascade:
        if id(tree) not in self._cascades:
            self._cascades[id(tree)] = Cascade(tree, self._sheets)
        return self._cascades[id(tree)]

    def target(self, raw: str | None) -> str | None:
        """The address of a foreign, not benign target; None otherwise."""
        raw = raw or ""
        url = normalise(html_module.unescape(raw) if "&" in raw else raw, self.page.base_url)
        if (
            not url
            or not url.startswith("http")
            or same_site(url, self.page.url)
            or same_site(url, self.page.base_url)
        ):
            return None
        return None if BENIGN_HOSTS.search(urlsplit(url).hostname or "") else url

    def foreign_anchors(self) -> list[tuple[LexborNode, str]]:
        """The page's anchors that lead to a foreign, not benign address; most pages have few."""
        if self._targets is None:
            self._targets = _foreign(self, self.page.tree)
        return self._targets

    def line(self, *needles: str) -> int:
        """Line of the first needle that stands in the source, 1 where none does."""
        for needle in needles:
            at = self.page.html.find(needle) if needle else -1
            if at >= 0:
                return self.page.html.count("\n", 0, at) + 1
        return 1


def _bad_words(url: str, text: str) -> list[str]:
    words = illicit.terms(text)
    return words or (["域名"] if illicit.HOSTS.search(urlsplit(url).hostname or "") else [])


def _finding(look: _Look, url: str, technique: str, text: str, words: list[str], why: str) -> HiddenLink:
    severity = "critical" if words else "high"
    return HiddenLink(url, technique, text[:200], look.line(urlsplit(url).netloc), severity, why)


def _foreign(look: _Look, tree: LexborHTMLParser) -> list[tuple[LexborNode, str]]:
    found = ((node, look.target(node.attributes.get("href"))) for node in tree.css("a[href],area[href]"))
    return [(node, url) for node, url in found if url is not None]


def _anchors(look: _Look, fragment: LexborHTMLParser | None = None) -> Iterator[HiddenLink]:
    tree = fragment or look.page.tree
    for node, url in look.foreign_anchors() if fragment is None else _foreign(look, fragment):
        text = " ".join(node.text().split())
        words = _bad_words(url, text + (node.attributes.get("title") or ""))
        hidden = invisible.technique(node, look.cascade(tree), look.hidden_ids)
        name = hidden[0] if hidden else _odd_anchor(node, text, look.cascade(tree))
        if name is None or (
            name in EVERYDAY and not words and (hidden is None or _ordinary(hidden[1], node))
        ):
            continue
        if name in {"empty_anchor", "on_white"} and not words and node.css_first("img,svg,i,span,input"):
            continue
        yield _finding(
            look, url, name, text, words, f"访客看不见（{name}），却指向站外 {urlsplit(url).hostname}"
        )


def _odd_anchor(node: LexborNode, text: str, cascade: Cascade) -> str | None:
    """Visible by style, but nothing to see: no text, a lone mark, one pixel."""
    bare = re.sub(r"[\s\u200b-\u200f\ufeff\u00a0]", "", text)
    image = node.css_first("img")
    if node.tag == "area":
        return (
            "tiny_area"
            if re.fullmatch(r"\s*0\s*,\s*0\s*,\s*[01]\s*,\s*[01]\s*", node.attributes.get("coords") or "")
            else None
        )
    if image is not None:
        sizes = {image.attributes.get("width"), image.attributes.get("height")}
        return "one_pixel_image" if sizes & {"0", "1", "0px", "1px"} else None
    if (
        not bare
        and not node.css_first("svg,i,span,em,b,video,input,button,div")
        and not node.attributes.get("class")
    ):
        return "empty_anchor"
    if bare in {".", "。", ",", "，", "·", "|", "-", "_"} and len(bare) == 1:
        return "empty_anchor"
    return "on_white" if bare and invisible.on_white(node, cascade) else None


def _ordinary(hider: LexborNode, node: LexborNode) -> bool:
    """Hidden the way menus and pop-ups are: the hider is a named widget, or holds much else of the page."""
    names = f"{hider.attributes.get('class') or ''} {hider.attributes.get('id') or ''} {hider.tag}"
    if _MENU.search(names) or hider.tag in {"ul", "ol", "li", "select", "dl", "nav", "noscript", "template"}:
        return True
    others = hider.css("a[href]")
    return len(others) > 1 or bool(node.css_first("img"))


def _frames(look: _Look) -> Iterator[HiddenLink]:
    for node in look.page.tree.css("iframe[src],frame[src],embed[src],object[data]"):
        attributes = node.attributes
        url = look.target(attributes.get("src") or attributes.get("data"))
        if url is None:
            continue
        sizes = {(attributes.get(n) or "").replace("px", "") for n in ("width", "height")}
        hidden = invisible.technique(node, look.cascade(look.page.tree), look.hidden_ids)
        full = re.search(
            r"position\s*:\s*fixed[^\"']*(?:width\s*:\s*100%|height\s*:\s*100%)",
            attributes.get("style") or "",
        )
        name = (
            "tiny_frame" if sizes & {"0", "1"} else hidden[0] if hidden else "overlay_frame" if full else None
        )
        if name:
            yield _finding(look, url, f"iframe_{name}", "", _bad_words(url, ""), "看不见或覆盖整页的站外框架")
    for node in look.page.tree.css(
        "base[href],link[rel=canonical],meta[http-equiv],option[value],form[action]"
    ):
        yield from _foreign_element(look, node)


def _foreign_element(look: _Look, node: LexborNode) -> Iterator[HiddenLink]:
    attributes = node.attributes
    raw = attributes.get("href") or attributes.get("value") or attributes.get("action") or ""
    tag = node.tag or ""
    if tag == "meta":
        refresh = (attributes.get("http-equiv") or "").lower() == "refresh"
        match = re.search(
            r"url\s*=\s*['\"]?(https?://[^'\"\s]+)", attributes.get("content") or "", re.IGNORECASE
        )
        raw = match[1] if refresh and match else ""
    url = normalise(raw, look.page.url) if raw.startswith("http") else None
    if not url or same_site(url, look.page.url) or BENIGN_HOSTS.search(urlsplit(url).hostname or ""):
        return
    words = _bad_words(url, node.text() if tag == "option" else "")
    hidden = (
        invisible.technique(node, look.cascade(look.page.tree), look.hidden_ids)
        if tag in {"option", "form"}
        else None
    )
    if tag in {"base", "meta", "link"} or words or (tag == "form" and hidden):
        yield _finding(look, url, f"foreign_{tag}", "", words, "页面的基准、规范、跳转或表单地址指向站外")


def _comments(look: _Look) -> Iterator[HiddenLink]:
    for comment in re.findall(r"<!--(.*?)-->", look.page.html, re.DOTALL) if "<!--" in look.page.html else ():
        if "href" in comment and not comment.lstrip().lower().startswith("[if"):
            for node in LexborHTMLParser(comment).css("a[href]"):
                url, text = look.target(node.attributes.get("href")), node.text().strip()
                words = _bad_words(url, text) if url else []
                if url and words:
                    yield _finding(look, url, "comment", text, words, "写在注释里给搜索引擎看的链接")
    for node in look.page.tree.css("[data-url],[data-href],[data-link],svg a"):
        attributes = node.attributes
        raw = next(
            (
                v
                for n, v in attributes.items()
                if n in {"data-url", "data-href", "data-link", "xlink:href"} and v
            ),
            None,
        )
        url = look.target(raw)
        words = _bad_words(url, node.text()) if url else []
        if url and words:
            yield _finding(look, url, "data_attribute", node.text().strip(), words, "藏在数据属性里的链接")


def _scripts(look: _Look) -> Iterator[HiddenLink]:
    opened = _write_hides(look)
    for script in look.scripts:
        for fragment in scripts.written(script):
            yield from _fragment(look, fragment, "document_write")
        for fragment in scripts.revealed(script):
            yield from _fragment(look, fragment, "script_encoded", encoded=True)
            for inner in scripts.written(fragment):
                yield from _fragment(look, inner, "script_encoded", encoded=True)
        match = _REDIRECT.search(script)
        url = look.target(match[1]) if match else None
        if url:
            yield _finding(
                look, url, "referrer_redirect", "", _bad_words(url, ""), "从搜索引擎来的访客被带到站外"
            )
    for node in look.page.tree.css("script[src]"):
        yield from _foreign_script(look, node)
    yield from opened


def _write_hides(look: _Look) -> Iterator[HiddenLink]:
    """document.write("<div style='display:none'>") … plain links … document.write("</div>")."""
    pattern = re.compile(
        r"document\.write(?:ln)?\(\s*['\"]\s*<(?:div|span|p)[^>]*(?:display\s*:\s*none|height\s*:\s*[01]|left\s*:\s*-\d{3,})[^>]*>\s*['\"]\s*\)"
        r".{0,60}?</script>(.{0,20000}?)document\.write(?:ln)?\(\s*['\"]\s*<\\?/(?:div|span|p)>",
        re.IGNORECASE | re.DOTALL,
    )
    if "document.write" not in look.page.html:
        return
    for body in pattern.findall(look.page.html):
        for node in LexborHTMLParser(body).css("a[href]"):
            url, text = look.target(node.attributes.get("href")), node.text().strip()
            words = _bad_words(url, text) if url else []
            if url:
                yield _finding(
                    look, url, "document_write_hides", text, words, "脚本写出隐藏的容器，把其中的链接藏起来"
                )


def _fragment(look: _Look, fragment: str, technique: str, *, encoded: bool = False) -> Iterator[HiddenLink]:
    if "<" not in fragment or not _HREF.search(fragment):
        return
    tree = LexborHTMLParser(fragment)
    for hidden in _anchors(look, tree):
        yield replace(hidden, technique=technique)
    for node in tree.css("a[href],iframe[src],script[src]"):
        url = look.target(node.attributes.get("href") or node.attributes.get("src"))
        text = node.text().strip()
        words = _bad_words(url, text) if url else []
        style = (node.attributes.get("style") or "").replace(" ", "").lower()
        overlay = node.tag == "iframe" and ("100%" in style or "fixed" in style)
        if url and (words or overlay or (encoded and node.tag != "a")):
            yield _finding(look, url, technique, text, words, "由脚本写出或经过编码的站外链接")


def _foreign_script(look: _Look, node: LexborNode) -> Iterator[HiddenLink]:
    """A foreign script whose address is written in entities, or a bare random name: the usual implant."""
    raw = node.attributes.get("src") or ""
    url = look.target(raw)
    if url is None:
        return
    coded = raw not in look.page.html and re.search(
        r"src\s*=\s*[\"']?(?:&#x?[0-9a-f]+;){6,}", look.page.html, re.IGNORECASE
    )
    words = _bad_words(url, "")
    if coded or words:
        yield _finding(look, url, "foreign_script", "", words, "地址经过编码的站外脚本")


def _head(look: _Look) -> Iterator[HiddenLink]:
    """Title or keywords in entities with gambling words, often put right again by a script for visitors."""
    source = look.page.html[:200_000]
    raw_titles = _TITLE.findall(source)
    coded = [t for t in (*raw_titles, *(m for _, m in _META.findall(source))) if _ENTITIES.search(t)]
    shown = " ".join(html_module.unescape(t) for t in (*raw_titles, *(m for _, m in _META.findall(source))))
    words = illicit.terms(shown)
    swapped = any(_UA_TITLE.search(script) for script in look.scripts)
    if (
        (coded and (words or swapped))
        or (swapped and words)
        or (words and illicit.terms(" ".join(raw_titles)))
    ):
        why = "标题、关键词写成给搜索引擎看的违法内容" + ("，再用脚本向访客换回" if swapped else "")
        yield HiddenLink(
            look.page.url,
            "title_hijack",
            html_module.unescape(raw_titles[0])[:200].strip() if raw_titles else "",
            look.line("<title", "<TITLE"),
            "critical",
            why,
        )


def _visible_sold(look: _Look) -> Iterator[HiddenLink]:
    """Seen by everybody, but sold: a short foreign link whose text is gambling or forgery trade."""
    for node, url in look.foreign_anchors():
        text = " ".join(node.text().split())
        if node.tag == "a" and 0 < len(text) <= 20 and (words := illicit.terms(text)):
            why = f"公开位置的违法链接（{words[0]}）"
            yield HiddenLink(url, "sold_link", text, look.line(urlsplit(url).netloc), "critical", why)
