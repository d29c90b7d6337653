"""What the hidden-link detectors of one page share: the finding, the targets that count, words and reasons."""

from __future__ import annotations

import html as html_module
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cockpit.detect import css, css_states, illicit, scripts
from cockpit.detect.css import Cascade
from cockpit.detect.invisible import BOX_TESTS
from cockpit.detect.links import normalise, same_site
from cockpit.detect.page import Page

BENIGN_HOSTS = re.compile(
    r"(^|\.)(gov\.cn|conac\.cn|cnzz\.com|baidu\.com|bdstatic\.com|bdimg\.com|qq\.com|weixin\.com|weibo\.com|weibo\.cn|sina\.com\.cn|"
    r"people\.com\.cn|xinhuanet\.com|news\.cn|cctv\.com|12377\.cn|gmw\.cn|youth\.cn|ce\.cn|chinanews\.com(\.cn)?|edu\.cn|org\.cn|"
    r"jiathis\.com|bshare\.cn|googletagmanager\.com|google-analytics\.com|51\.la|51yes\.com|gridsum\.com|sogou\.com|so\.com|360\.cn|"
    r"microsoft\.com|apple\.com|firefox\.com|mozilla\.org|adobe\.com|w3\.org|schema\.org|douyin\.com|toutiao\.com|kuaishou\.com|"
    r"alipay\.com|aliyun\.com|alicdn\.com|amap\.com|tianditu\.com|jquery\.com|bootcdn\.net|jsdelivr\.net|staticfile\.org|"
    r"qstheory\.cn|cnr\.cn|cri\.cn|chinadaily\.com\.cn|jxnews\.com\.cn|xuexi\.cn|12371\.cn|mil\.cn|unionpay\.com|trs\.cn|google\.com|"
    r"bing\.com|cdn\.bootcss\.com|unpkg\.com|cloudflare\.com|google\.cn|firefox\.com\.cn|gtimg\.com|qlogo\.cn|163\.com|ifeng\.com|china\.com\.cn|itrus\.com\.cn|"
    r"anquan\.org|knet\.cn|yunaq\.com|jb51\.net|umeng\.com|growingio\.com|sensorsdata\.cn)$"
)
# What the titles of papers and of news are made of.
_PAPER = re.compile(
    r"通知|公告|意见|办法|规定|公示|通报|报告|条例|行动|会议|工作|赌博|赌场|调查|记者|彩民|开展|召开|印发|解读|座谈"
)
# Hiding that menus, tabs and pop-ups use every day: needs an illicit word, or a foreign link out of place.
EVERYDAY = frozenset(
    {
        "display_none",
        "hidden_attribute",
        "transparent",
        "visibility_hidden",
        "moved",
        "behind",
        "script_hides",
        "tag_noscript",
        "tag_template",
        "closed_details",
        "closed_dialog",
    }
)
NAMES: Mapping[str, str] = MappingProxyType(
    {
        "display_none": "样式设为不显示",
        "visibility_hidden": "样式设为不可见",
        "hidden_attribute": "标为隐藏",
        "off_screen": "移到屏幕外",
        "moved": "移出可视区域",
        "zero_size": "尺寸为零",
        "font_size_zero": "字号为零",
        "color_transparent": "文字透明",
        "transparent": "完全透明",
        "clipped": "被裁掉",
        "behind": "垫在其他内容下面",
        "same_color": "文字与背景同色",
        "on_white": "白底白字",
        "marquee": "极小的滚动框",
        "script_hides": "由脚本隐藏",
        "tag_noscript": "写在无脚本标签里",
        "tag_template": "写在模板标签里",
        "closed_details": "收起且没有标题的折叠块",
        "closed_dialog": "没有打开的对话框",
        "empty_anchor": "没有可点的文字",
        "one_pixel_image": "一个像素的图片",
        "tiny_area": "一个像素的热区",
        "document_write": "由脚本写出",
        "document_write_hides": "由脚本写出隐藏的容器",
        "script_encoded": "编码后由脚本写出",
        "iframe_srcdoc": "写在框架的内容属性里",
        "iframe_shown": "页面上显示的违法框架",
        "referrer_redirect": "只跳转从搜索引擎来的访客",
        "comment": "写在注释里",
        "data_attribute": "藏在数据属性里",
        "click_handler": "藏在点击脚本里",
        "svg_anchor": "藏在图形里",
        "structured_data": "写在结构化数据里",
        "title_hijack": "篡改标题关键词",
        "sold_link": "公开位置的违法链接",
        "foreign_script": "来路不明的站外脚本",
        "cloaking_spider": "对搜索引擎和访客显示不同内容",
        "cloaking_referer": "对从搜索引擎来的访客显示不同内容",
        "cloaking_phone": "对手机显示不同内容",
        "cloaking_made_up": "随意编造的地址也返回违法内容",
        "cloaking": "对搜索引擎和访客显示不同内容",
        "external_bad": "外链变为违法内容",
        "external_parked": "外链域名已停放或在出售",
    }
)


@dataclass(frozen=True)
class HiddenLink:
    """One hidden link. `url` is the target, or the page itself where there is none; `line` is in the source."""

    url: str
    technique: str
    text: str
    line: int
    severity: str
    why: str


class Look:
    """What all detectors of one page share; the cascade is built only when a suspect needs it."""

    def __init__(self, page: Page, linked: Mapping[str, str]) -> None:
        self.page = page
        self._targets: list[tuple[LexborNode, str]] | None = None
        self._linked = linked
        self._cascades: dict[int, Cascade] = {}
        self.scripts = [text for n in page.tree.css("script") if (text := n.text())]
        self.hidden_by_script = scripts.hidden_elements(self.scripts) | self._hidden_by_class()
        self.boxes: dict[tuple[str, int], str | None] = {}  # (technique, hider) → how grave it is
        self.seen: set[str] | None = None  # foreign addresses that a visible link has
        self._worded: dict[int, tuple[LexborHTMLParser, list[LexborNode]]] = {}
        self._revealed: frozenset[str] | None = None

    def _hidden_by_class(self) -> set[str]:
        """Selectors of elements that a script gives a class which hides."""
        added = scripts.classes_added(self.scripts)
        rules = [rule for sheet in self._sheets() for rule in css.rules(sheet)] if added else []
        return {
            selector
            for selector, name in added
            if any(
                rule.selector.endswith(f".{name}") and any(test(dict(rule.style)) for _, test in BOX_TESTS)
                for rule in rules
            )
        }

    def cascade(self, tree: LexborHTMLParser) -> Cascade:
        if id(tree) not in self._cascades:
            wanted = self.page.tree.css("link[rel~=stylesheet]") if "stylesheet" in self.page.html else []
            complete = sum(css_states.counts(n.attributes) for n in wanted) <= len(self._linked)
            self._cascades[id(tree)] = Cascade(tree, self._sheets(), complete=complete)
        return self._cascades[id(tree)]

    def _sheets(self) -> list[str]:
        """Linked sheets, then the blocks that count on a screen."""
        blocks = [n.text() for n in self.page.tree.css("style") if css_states.counts(n.attributes)]
        return [*self._linked.values(), *blocks]

    def revealed(self, names: list[str], *, by_script: bool = True) -> bool:
        """Whether a script names an element, or a sheet has a rule for it in another state (hover, open)."""
        if self._revealed is None:
            self._revealed = frozenset(
                name for sheet in self._sheets() for name in css_states.state_names(sheet)
            )
        if any(name in self._revealed for name in names):
            return True
        return by_script and any(
            re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", script)
            for name in names
            for script in self.scripts
            if name in script
        )

    def target(self, raw: str | None) -> str | None:
        """The address of a foreign, not benign target; None otherwise."""
        raw = raw or ""
        if "&" in raw and "&#" in raw:
            raw = html_module.unescape(raw)
        url = normalise(raw, self.page.base_url)
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
            self._targets = self.foreign(self.page.tree)
        return self._targets

    def foreign(self, tree: LexborHTMLParser) -> list[tuple[LexborNode, str]]:
        """Anchors and areas of any tree with a foreign target."""
        found = []
        for node in tree.css("a[href],area[href]"):
            href = node.attributes.get("href") or ""
            if ":" in href or href.startswith("//") or "&" in href or self.page.base_url is not self.page.url:
                url = self.target(href)
                if url is not None:
                    found.append((node, url))
        return found

    def trusted(self, tree: LexborHTMLParser) -> Iterator[tuple[LexborNode, str, bool]]:
        """Anchors whose words are plainly of the trade, to the site itself (True) or a host that is trusted.

        Trust excuses an address, not such words: the page behind it may be planted.
        """
        if id(tree) not in self._worded:
            nodes = tree.css("a[href]")
            worded = [nodes[n] for n in illicit.which([node.text() for node in nodes])]
            self._worded[id(tree)] = (tree, [node for node in worded if spoken(text_of(node))])
        for node in self._worded[id(tree)][1]:
            raw = node.attributes.get("href") or ""
            url = normalise(raw, self.page.base_url)
            if url and url.startswith("http") and self.target(raw) is None:
                yield node, url, same_site(url, self.page.url) or same_site(url, self.page.base_url)

    def line(self, *needles: str) -> int:
        """Line of the first needle that stands in the source, 1 where none does."""
        for needle in needles:
            at = self.page.html.find(needle) if needle else -1
            if at >= 0:
                return self.page.html.count("\n", 0, at) + 1
        return 1

    def finding(
        self, url: str, technique: str, text: str, words: list[str], why: str, severity: str = "high"
    ) -> HiddenLink:
        """A link with its reason: the illicit words, or that nothing makes it a usual companion of portals."""
        host = urlsplit(url).hostname or ""
        reason = f"，并含{'、'.join(words[:3])}" if words else f"；{host} 不是常见的公共、统计或合作域名"
        if not words and technique in EVERYDAY:
            reason += "，也不在菜单、弹窗等常用控件里"
        severity = "critical" if words else severity
        return HiddenLink(
            url, technique, text[:200], self.line(url, urlsplit(url).netloc), severity, why + reason
        )


def bad_words(url: str, text: str) -> list[str]:
    """Illicit terms in a text, or in the name of a host."""
    words = illicit.terms(text)
    return words or (["违法类域名"] if illicit.HOSTS.search(urlsplit(url).hostname or "") else [])


def spoken(text: str) -> list[str]:
    """Words of the trade in a text that everybody can read: not spoken against, nor a lone one in a paper's title."""
    words = [] if illicit.AGAINST.search(text) else illicit.telling(text)
    lone = len(words) == 1 and _PAPER.search(text) and not illicit.TRADE.search(illicit.fold(text))
    return [] if lone else words


def text_of(node: LexborNode) -> str:
    """The text of an anchor with what titles and pictures say."""
    attributes = node.attributes
    images = " ".join(image.attributes.get("alt") or "" for image in node.css("img[alt]"))
    return f"{' '.join(node.text().split())} {attributes.get('title') or ''} {images}".strip()
