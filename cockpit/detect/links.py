"""Every place of a page that a browser follows or loads, as absolute normalised addresses.

Also lists that scripts would unpack: JCMS <datastore> CDATA and TRS createPageHTML paging.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import unescape
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cockpit.detect import scripts
from cockpit.detect.page import Page, cdata

# tag → (attribute, kind); kind "" = decided by the address
SOURCES: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "a": (("href", ""),),
        "area": (("href", ""),),
        "iframe": (("src", "frame"),),
        "frame": (("src", "frame"),),
        "embed": (("src", "frame"),),
        "object": (("data", "frame"),),
        "form": (("action", ""),),
        "img": (("src", "image"), ("data-src", "image"), ("data-original", "image")),
        "input": (("src", "image"), ("formaction", "")),
        "button": (("formaction", ""),),
        "source": (("src", "image"),),
        "video": (("src", "attachment"), ("poster", "image")),
        "audio": (("src", "attachment"),),
        "track": (("src", "attachment"),),
        "image": (("href", "image"), ("xlink:href", "image")),
        "body": (("background", "image"),),
        "table": (("background", "image"),),
        "tr": (("background", "image"),),
        "td": (("background", "image"),),
        "th": (("background", "image"),),
        "script": (("src", "script"),),
        "link": (("href", "style"),),
    }
)
SELECTOR = (
    "a[href],area[href],iframe[src],frame[src],embed[src],object[data],form[action],img,input[src],source,"
    "video,audio[src],script[src],link[href],meta[http-equiv],[style*='url('],[style*='@import'],style"
)
# Seldom used places, looked for only where the source has their names.
SELDOM: tuple[tuple[str, str], ...] = (
    (" background=", "[background]"),
    ("formaction=", "[formaction]"),
    ("imagesrcset=", "link[imagesrcset]"),
    ("<image", "image"),
    ("<track", "track[src]"),
)
# Places whose address stands in a script: what the source must hold, and the selector.
SPOKEN: tuple[tuple[str, str], ...] = (
    ("onclick", "[onclick]"),
    ("javascript:", "a[href^='javascript:']"),
    ("<option", "option[value]"),
)
ATTACHMENTS = frozenset(
    [
        "pdf",
        "doc",
        "docx",
        "xls",
        "xlsx",
        "ppt",
        "pptx",
        "wps",
        "et",
        "dps",
        "ofd",
        "zip",
        "rar",
        "7z",
        "gz",
        "tar",
        "txt",
        "csv",
        "rtf",
        "mp3",
        "mp4",
        "avi",
        "wmv",
        "flv",
        "swf",
        "apk",
        "exe",
        "xml",
        "json",
        "ceb",
    ]
)
IMAGES = frozenset(["jpg", "jpeg", "png", "gif", "bmp", "webp", "svg", "ico", "tif", "tiff"])
SCHEMES_FOLLOWED = frozenset({"http", "https"})
SCHEMES_DROPPED = frozenset(
    {"mailto", "tel", "sms", "javascript", "data", "about", "blob", "ftp", "weixin", "tencent"}
)
# What a visitor cannot follow: a file of the editor's own disk, and http misspelt in its own letters.
_NO_SCHEME = re.compile(r"file|(?!https?$)[htps]{3,8}", re.IGNORECASE)
# Placeholders that a script fills in before anybody sees them.
_TEMPLATE = re.compile(r"\{\{|\$\{|<%|\{%|#\{|['\"]\s*\+|\+\s*['\"]")
_LITERAL = re.compile(
    r"(?:window\s*\.\s*open\s*\(|\blocation(?:\s*\.\s*href)?\s*=(?!=)|\blocation\s*\.\s*(?:replace|assign)\s*\()"
    r"\s*(['\"])([^'\"\\\s]{1,2000})\1\s*(?=[,;)}\s]|$)"
)
_JUMPS = re.compile(r"location|open\(|href", re.IGNORECASE)
# Parameters that change nothing of the content: marketing, click tracking, session ids.
TRACKING = re.compile(
    r"(utm_\w+|spm|scm|from_source|_t|t_s|timestamp|jsessionid|phpsessid|sessionid|sid|aspsessionid\w*|cftoken|fbclid|gclid)",
    re.IGNORECASE,
)
_PATH_SESSION = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_CSS_URL = re.compile(r"url\(\s*['\"]?([^'\")]+)['\"]?\s*\)", re.IGNORECASE)
_CSS_IMPORT = re.compile(
    r"@import\s+(?:['\"]([^'\"]{1,2000})['\"]|url\(\s*['\"]?([^'\")]{1,2000})['\"]?\s*\))", re.IGNORECASE
)
_SRCSET = re.compile(
    r"\s*([^\s,][^\s]*[^\s,])(?:\s+[\d.]+[xwh])*\s*(?:,|$)"
)  # a comma inside an address parts nothing
_REFRESH = re.compile(r"^\s*[\d.]*\s*[;,]?\s*url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)
_TRS_PAGES = re.compile(
    r"createPageHTML\s*\(\s*['\"]?(\d{1,4})['\"]?\s*,\s*['\"]?(\d{1,4})['\"]?\s*,\s*['\"]([\w-]+)['\"]\s*,\s*['\"](\w+)['\"]"
)
_SCHEME = re.compile(r"^\s*([a-zA-Z][a-zA-Z0-9+.-]*):")
MAX_TEXT = 200
MAX_LINKS = 5000
MAX_TRS_PAGES = 50
MOST_WRITTEN = 100


class Link(NamedTuple):
    """One link of a page. kind: internal external attachment image style script frame; `bad` = not an address."""

    url: str
    text: str
    kind: str
    tag: str
    bad: bool = False


def extract(page: Page) -> list[Link]:
    """Links in page order, one per (address, kind); `text` is the first one shown."""
    found: dict[tuple[str, str], Link] = {}
    site, base = _netloc(page.url), page.base_url
    root = _base_of("/", base)
    for written, text, fixed_kind, tag in _candidates(page):
        raw = _as_browsers(written.strip())
        address = _address(raw, root if raw[:1] == "/" else _base_of(raw, base), site)
        if address is None:
            continue
        url, own_kind, bad = address
        kind = own_kind if bad else fixed_kind or own_kind
        known = found.get((url, kind))
        if known is None or (not known.text and text):
            found[url, kind] = Link(url, text, kind, tag, bad)
            if len(found) >= MAX_LINKS:
                break
    return list(found.values())


@lru_cache(maxsize=32_768)
def _address(raw: str, base: str, site: str) -> tuple[str, str, bool] | None:
    """(address, kind of a plain link, whether it is none) of what stands in an attribute; None = not followed."""
    if not raw or raw.startswith("#") or _dropped(raw) or _TEMPLATE.search(raw):
        return None
    scheme = _SCHEME.match(raw)
    if scheme and _NO_SCHEME.fullmatch(scheme[1]):
        return raw[:2000], "external", True
    url = _normalised(raw, base)
    if url is None:
        return raw[:2000], "external", True
    if not url.startswith(("http://", "https://")):
        return None
    return url, _kind_by_ending(url) or ("internal" if _netloc(url) == site else "external"), False


def _dropped(raw: str) -> bool:
    if raw.startswith(("/", "http://", "https://")):
        return False
    scheme = _SCHEME.match(raw)
    return bool(scheme) and scheme[1].lower() in SCHEMES_DROPPED


def normalise(raw: str, base: str) -> str | None:
    """Absolute address without fragment, default port, tracking parameters and session ids; None if it is none."""
    raw = _as_browsers(raw.strip())
    return _normalised(raw, _base_of(raw, base))


def _as_browsers(raw: str) -> str:
    """A backslash in the path of a web address is read as a slash."""
    if "\\" not in raw or _dropped(raw):
        return raw
    end = min((at for mark in "?#" if (at := raw.find(mark)) >= 0), default=len(raw))
    return raw[:end].replace("\\", "/") + raw[end:]


def _base_of(raw: str, base: str) -> str:
    """As much of the base as matters: a menu's addresses read the same on all pages, and are worked out once."""
    if raw.startswith(("http://", "https://")):
        return ""
    if raw.startswith("/"):
        end = base.find("/", 8)
        return base[:end] if end > 0 else base
    return base


@lru_cache(maxsize=32_768)
def _normalised(raw: str, base: str) -> str | None:
    try:
        parts = urlsplit(urljoin(base, re.sub(r"[\t\r\n]", "", raw)))
        if parts.scheme not in SCHEMES_FOLLOWED:
            return urlunsplit(parts)
        host = (parts.hostname or "").rstrip(".")
        port_number = parts.port
        if not host or " " in host or port_number == 0:
            return None
    except ValueError:
        return None
    port = "" if port_number in {None, 80 if parts.scheme == "http" else 443} else f":{port_number}"
    name = f"[{host}]" if ":" in host else host
    path = _PATH_SESSION.sub("", parts.path) or "/"
    if " " in path:
        path = path.replace(" ", "%20")
    return urlunsplit((parts.scheme, name + port, path, _query(parts.query), ""))


def _query(query: str) -> str:
    if not query or not TRACKING.search(query):
        return (
            quote(query, safe="=&%+/:?@,;!$'()*-._~[]|{}\"<>\\^`")
            if not query.isascii() or " " in query
            else query
        )
    kept = [(k, v) for k, v in parse_qsl(query, keep_blank_values=True) if not TRACKING.fullmatch(k)]
    return urlencode(kept)


def kind_of(url: str, page_url: str) -> str:
    """Kind of a plain link: attachment or image by ending, else internal or external by host."""
    return _kind_by_ending(url) or ("internal" if same_site(url, page_url) else "external")


@lru_cache(maxsize=32_768)
def _kind_by_ending(url: str) -> str | None:
    ending = posixpath.splitext(urlsplit(url).path)[1][1:].lower()
    return "attachment" if ending in ATTACHMENTS else "image" if ending in IMAGES else None


def same_site(one: str, other: str) -> bool:
    """Same host and port; `www.` makes no difference."""
    return _netloc(one) == _netloc(other)


@lru_cache(maxsize=32_768)
def _netloc(url: str) -> str:
    return urlsplit(url).netloc.removeprefix("www.")


def _candidates(page: Page) -> Iterator[tuple[str, str, str, str]]:
    yield from _of_tree(page.tree)
    seldom = [selector for name, selector in SELDOM if name in page.html]
    if seldom:
        yield from _of_tree(page.tree, ",".join(seldom))
    yield from _spoken(page)
    if "<datastore" in page.html or "CDATA[" in page.html:
        for fragment in cdata(page.html):
            yield from _of_tree(LexborHTMLParser(fragment))
    yield from _trs_pages(page)


def _spoken(page: Page) -> Iterator[tuple[str, str, str, str]]:
    """Whole addresses in click handlers, javascript: links, lists to choose from, and written markup."""
    wanted = [selector for name, selector in SPOKEN if name in page.html]
    for node in page.tree.css(",".join(wanted)) if wanted else ():
        attributes, tag = node.attributes, node.tag or ""
        if tag == "option":
            value = attributes.get("value") or ""
            chosen = value.startswith(("http://", "https://")) or (value.startswith("/") and _chooses(node))
            if chosen:
                yield value, " ".join(node.text().split())[:MAX_TEXT], "", "a"
            continue
        for handler in (attributes.get("onclick"), attributes.get("href")):
            for _, address in _LITERAL.findall(handler or ""):
                yield address, _text(node, attributes) or " ".join(node.text().split())[:MAX_TEXT], "", "a"
    if "document.write" in page.html:
        for node in page.tree.css("script"):
            script = node.text()
            if "document.write" in script and "<a" in script:
                for fragment in islice(scripts.written(scripts.joined(script)), MOST_WRITTEN):
                    yield from _of_tree(LexborHTMLParser(fragment), "a[href]")


def _chooses(option: LexborNode) -> bool:
    """Whether choosing an option opens its value."""
    parent = option.parent
    while parent is not None and parent.tag == "optgroup":
        parent = parent.parent
    return parent is not None and bool(_JUMPS.search(parent.attributes.get("onchange") or ""))


def _of_tree(tree: LexborHTMLParser, selector: str = SELECTOR) -> Iterator[tuple[str, str, str, str]]:
    for node in tree.css(selector):
        tag = node.tag or ""
        attributes = node.attributes
        if tag == "a" and "style" not in attributes:  # nearly all of a page's links
            text = " ".join(node.text().split())
            yield (
                attributes.get("href") or attributes.get("xlink:href") or "",
                text[:MAX_TEXT] or _text(node, attributes),
                "",
                tag,
            )
            continue
        if tag == "form" and (attributes.get("method") or "").lower() == "post":
            continue  # asked without its fields it says nothing
        for attribute, kind in SOURCES.get(tag, ()):
            value = attributes.get(attribute)
            if value and not (tag == "link" and not _loads(attributes)):
                yield value, _text(node, attributes), kind, tag
        srcset = attributes.get("srcset") or attributes.get("imagesrcset")
        if srcset:
            for address in _SRCSET.findall(srcset):
                yield address, "", "image", tag
        if tag == "meta":
            yield from _refresh(attributes)
        style = attributes.get("style") if tag != "style" else node.text()
        if style and ("url(" in style or "@import" in style):
            for quoted, bracketed in _CSS_IMPORT.findall(style):
                yield quoted or bracketed, "", "style", tag
            for value in _CSS_URL.findall(_CSS_IMPORT.sub("", style)):
                yield value, "", "image", tag


def _loads(attributes: Mapping[str, str | None]) -> bool:
    """<link> loads style sheets and icons; canonical, alternate and prefetch hints are not followed."""
    rel = (attributes.get("rel") or "").lower()
    return "stylesheet" in rel or "icon" in rel


def _text(node: LexborNode, attributes: Mapping[str, str | None]) -> str:
    if node.tag not in {"a", "area"}:
        return (attributes.get("alt") or attributes.get("title") or "")[:MAX_TEXT].strip()
    text = " ".join(node.text().split())
    if not text:
        image = node.css_first("img[alt]")
        text = (image.attributes.get("alt") or "") if image else (attributes.get("title") or "")
    return text[:MAX_TEXT].strip()


def _refresh(attributes: Mapping[str, str | None]) -> Iterator[tuple[str, str, str, str]]:
    if (attributes.get("http-equiv") or "").lower() == "refresh":
        match = _REFRESH.match(attributes.get("content") or "")
        if match:
            yield match[1], "", "", "meta"


def _trs_pages(page: Page) -> Iterator[tuple[str, str, str, str]]:
    """TRS lists page by script: createPageHTML(count, current, "index", "html") means index_1.html …"""
    match = _TRS_PAGES.search(page.html)
    if match:
        count, _, name, ending = match.groups()
        for number in range(1, min(int(count), MAX_TRS_PAGES)):
            yield f"{name}_{number}.{ending}", f"第 {number + 1} 页", "", "a"


def sitemap(text: str, url: str) -> list[str]:
    """Addresses of a sitemap.xml (no XML parser: sitemaps are hostile input too)."""
    raw = (unescape(found) for found in re.findall(r"<loc>\s*([^<\s]+)\s*</loc>", text)[:MAX_LINKS])
    found = (normalise(address, url) for address in raw if address.startswith(("http://", "https://")))
    return [address for address in dict.fromkeys(found) if address]
