"""Builds websites the way the common Chinese government CMS lay them out; all dates hang on one `today`.

A `Builder` collects channels, articles and extra blocks of one site and renders them to `Doc`s. Faults are
planted by the caller through the same methods (see city.py), never by a special server.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import escape

from tests.sites.http import Doc, Site

HOME_TAGS = ("SiteName", "SiteDomain", "SiteIDCode")
CHANNEL_TAGS = (*HOME_TAGS, "ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType")
ARTICLE_TAGS = (*CHANNEL_TAGS, "ArticleTitle", "PubDate", "ContentSource")


@dataclass
class Article:
    """One article; `day` None means that the page shows no date at all."""

    path: str
    title: str
    day: date | None
    body: str
    tags: dict[str, str | None] = field(default_factory=dict)


@dataclass
class Channel:
    """One channel page with its list; `extra` is raw HTML planted behind the list."""

    path: str
    name: str
    layout: str
    articles: list[Article] = field(default_factory=list)
    extra: str = ""
    tags: dict[str, str | None] = field(default_factory=dict)
    pages: int = 1


def _items(articles: Sequence[Article]) -> list[tuple[str, str, str]]:
    return [(a.path, a.title, a.day.isoformat() if a.day else "") for a in articles]


def layout_ul(articles: Sequence[Article]) -> str:
    """TRS style: <ul class="list"><li><a/><span>date</span></li>."""
    rows = "".join(f'<li><a href="{p}">{t}</a><span>{d}</span></li>\n' for p, t, d in _items(articles))
    return f'<ul class="list">\n{rows}</ul>'


def layout_jcms(articles: Sequence[Article]) -> str:
    """大汉 JCMS: the list hides in a datastore that scripts unpack."""
    records = "".join(
        f'<record><![CDATA[<li><a href="{p}" title="{t}">{t}</a><b>[{d}]</b></li>]]></record>\n'
        for p, t, d in _items(articles)
    )
    return (
        '<div id="274"><script type="text/xml"><datastore><nextgroup></nextgroup><recordset>\n'
        f"{records}</recordset></datastore></script></div>"
    )


def layout_table(articles: Sequence[Article]) -> str:
    """Old ASP sites: table rows with slashes in dates."""
    rows = "".join(
        f'<tr><td>·<a href="{p}">{t}</a></td><td align="right">({d.replace("-", "/")})</td></tr>\n'
        for p, t, d in _items(articles)
    )
    return f"<table width='100%'>{rows}</table>"


def layout_dl(articles: Sequence[Article]) -> str:
    """集约化平台: definition list with Chinese dates."""
    rows = ""
    for path, title, day in _items(articles):
        year, month, mday = (day or "--").split("-")
        shown = f"{year}年{int(month)}月{int(mday)}日" if day else ""
        rows += f'<dl><dt><a href="{path}">{title}</a></dt><dd class="time">{shown}</dd></dl>\n'
    return f'<div class="news-list">{rows}</div>'


LAYOUTS: Mapping[str, Callable[[Sequence[Article]], str]] = {
    "ul": layout_ul,
    "jcms": layout_jcms,
    "table": layout_table,
    "dl": layout_dl,
}


@dataclass
class Builder:
    """One site under construction. `base` is its address with port, without a slash at the end."""

    host: str
    port: int
    name: str
    id_code: str
    today: date
    layout: str = "ul"
    encoding: str = "utf-8"
    scheme: str = "http"
    channels: list[Channel] = field(default_factory=list)
    home_extra: str = ""
    head_extra: str = ""
    title: str | None = None
    footer_extra: str = ""
    home_news: bool = True
    docs: dict[str, Doc] = field(default_factory=dict)
    home_tags: dict[str, str | None] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    def url(self, path: str) -> str:
        return self.base + path

    def channel(
        self, path: str, name: str, ages: Sequence[int | None], *, layout: str | None = None
    ) -> Channel:
        """Add a channel whose articles are `ages` days old (None = an article without any date)."""
        channel = Channel(path, name, layout or self.layout)
        for number, age in enumerate(ages):
            day = None if age is None else self.today - timedelta(days=age)
            channel.articles.append(self._article(channel, number, day))
        self.channels.append(channel)
        return channel

    def _article(self, channel: Channel, number: int, day: date | None) -> Article:
        digest = hashlib.md5(f"{self.host}{channel.path}{number}".encode()).hexdigest()
        stamp = day or date(2020, 1, 1)
        folder = (
            channel.path.rstrip("/").rsplit("/", 1)[0] if channel.path.endswith(".html") else channel.path
        )
        path = {
            "ul": f"{folder.rstrip('/')}/{stamp:%Y%m}/t{stamp:%Y%m%d}_{number}.html",
            "jcms": f"/art/{stamp:%Y}/{stamp.month}/{stamp.day}/art_{digest[:5]}_{number}.html",
            "table": f"/show.asp?id={int(digest[:6], 16)}",
            "dl": f"{folder.rstrip('/')}/{stamp:%Y-%m}/{stamp:%d}/content_{digest}.shtml",
        }[channel.layout]
        if day is None:
            path = f"{folder.rstrip('/')}/undated_{digest[:8]}.html"
        topics = (
            "召开工作推进会",
            "公布办事服务安排",
            "组织开展专题调研",
            "发布年度工作情况",
            "开展便民服务活动",
        )
        title = f"{self.name}{topics[number % len(topics)]}（{channel.name}之{number + 1}）"
        body = (
            f"<p>近日，{self.name}围绕{channel.name}工作作出安排，要求各科室按照职责分工抓好落实。</p>"
            f"<p>会议指出，要持续改进工作作风，及时回应群众关切，不断提升服务水平。编号{digest[:6]}。</p>"
        )
        return Article(path, title, day, body)

    def add_page(self, path: str, doc: Doc) -> str:
        """Serve `doc` at `path`; returns its absolute address."""
        self.docs[path] = doc
        return self.url(path)

    def render(self) -> Site:
        """All pages of the site."""
        docs = {"/": self._html(self._home())}
        for channel in self.channels:
            docs[channel.path] = self._html(self._channel_page(channel))
            docs |= {a.path: self._html(self._article_page(channel, a)) for a in channel.articles}
        docs["/robots.txt"] = Doc(b"User-agent: *\nDisallow: /admin/\n", content_type="text/plain")
        docs["/style.css"] = Doc(
            b"body{font-family:sans-serif} .nav ul{display:none}", content_type="text/css"
        )
        docs["/sitemap.xml"] = Doc(b"<urlset></urlset>", content_type="application/xml")
        docs["/logo.png"] = Doc(b"\x89PNG\r\n\x1a\n", content_type="image/png")
        return Site(self.host, docs | self.docs)

    def _html(self, text: str) -> Doc:
        charset = "gb2312" if self.encoding == "gb18030" else self.encoding
        return Doc(text.encode(self.encoding), content_type=f"text/html; charset={charset}")

    def _meta(self, names: Sequence[str], values: dict[str, str], changes: dict[str, str | None]) -> str:
        """`changes`: a tag's replaced value; None leaves the tag out."""
        merged = {name: changes.get(name, values.get(name, "")) for name in names}
        return "".join(
            f'<meta name="{name}" content="{escape(value)}">\n'
            for name, value in merged.items()
            if value is not None
        )

    def _site_values(self) -> dict[str, str]:
        return {"SiteName": self.name, "SiteDomain": self.host, "SiteIDCode": self.id_code}

    def _channel_values(self, channel: Channel) -> dict[str, str]:
        return self._site_values() | {
            "ColumnName": channel.name,
            "ColumnDescription": f"{self.name}{channel.name}栏目",
            "ColumnKeywords": f"{channel.name},{self.name}",
            "ColumnType": channel.name,
        }

    def _frame(self, title: str, meta: str, body: str, head: str = "") -> str:
        nav = "".join(f'<li><a href="{c.path}">{c.name}</a></li>' for c in self.channels)
        charset = "gb2312" if self.encoding == "gb18030" else self.encoding
        return (
            f'<!DOCTYPE html>\n<html lang="zh-CN"><head>\n<meta charset="{charset}">\n<title>{title}</title>\n{meta}'
            f'<link rel="stylesheet" href="/style.css">\n{head}</head>\n<body>\n'
            f'<div class="header"><a href="/"><img src="/logo.png" alt="{self.name}"></a></div>\n'
            f'<div class="nav"><ol class="menu"><li><a href="/">首页</a></li>{nav}</ol></div>\n{body}\n'
            f'<div class="footer">主办单位：{self.name} 　网站标识码：{self.id_code} 　'
            '<a href="/find-error.html">我为政府网站找错</a> 　赣ICP备00000000号 　赣公网安备 36050000000000号\n'
            '<img src="/logo.png" alt="党政机关网站标识"> 2025 年政府网站工作年度报表 '
            '<a href="/sitemap.xml">网站地图</a> 　联系电话：0790-6000000\n'
            f"{self.footer_extra}</div>\n</body></html>\n"
        )

    def _home(self) -> str:
        news = sorted(
            (a for c in self.channels for a in c.articles if a.day),
            key=lambda a: a.day or self.today,
            reverse=True,
        )
        block = layout_ul(news[:8]) if self.home_news else ""
        meta = self._meta(HOME_TAGS, self._site_values(), self.home_tags)
        self.docs.setdefault("/find-error.html", self._html(self._error_report_page()))
        body = f'<div class="main"><h2>最新动态</h2>{block}{self.home_extra}</div>'
        return self._frame(self.title or self.name, meta, body, self.head_extra)

    def _error_report_page(self) -> str:
        """The 找错 entry every government home page has; a channel-level page without a list."""
        page = Channel("/find-error.html", "我为政府网站找错", self.layout)
        meta = self._meta(CHANNEL_TAGS, self._channel_values(page), {})
        return self._frame(f"{page.name}-{self.name}", meta, "<p>请写明页面地址和问题，我们将及时核查。</p>")

    def _channel_page(self, channel: Channel) -> str:
        meta = self._meta(CHANNEL_TAGS, self._channel_values(channel), channel.tags)
        listing = LAYOUTS[channel.layout](channel.articles)
        body = f'<div class="position">当前位置：<a href="/">首页</a> &gt; {channel.name}</div>{listing}{channel.extra}'
        return self._frame(f"{channel.name}-{self.name}", meta, body)

    def _article_page(self, channel: Channel, article: Article) -> str:
        values = self._channel_values(channel) | {
            "ArticleTitle": article.title,
            "PubDate": f"{article.day.isoformat()} 09:30" if article.day else "",
            "ContentSource": self.name,
        }
        changes = dict(article.tags)
        if article.day is None:
            changes.setdefault("PubDate", None)
        shown = f"发布时间：{article.day.isoformat()} 09:30" if article.day else ""
        body = (
            f'<div class="article"><h1>{article.title}</h1><div class="info">来源：{self.name} {shown}</div>'
            f'<div class="content">{article.body}</div></div>'
        )
        return self._frame(f"{article.title}-{self.name}", self._meta(ARTICLE_TAGS, values, changes), body)
