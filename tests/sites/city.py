"""The demonstration city: ten websites, every fault planted by hand and listed in `planted`.

`tjj` is clean. The lists say exactly what patrol, probe, ipv6 and certificate must find; the tests assert
that nothing is missed and nothing invented. Names end in `.test` (RFC 6761): they can never be real.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from tests.sites import files
from tests.sites.build import Builder, Channel
from tests.sites.http import Doc, Headers, Site, Web, refused_port

GAMBLING = (
    "<html><head><title>澳门新葡京_北京赛车_时时彩投注平台</title></head><body><h1>澳门新葡京娱乐城</h1>"
    "<p>北京赛车PK10 时时彩 投注 开户送彩金 老虎机 百家乐</p>"
    "<a href='http://spam-one.test/'>时时彩平台</a></body></html>"
)
FRESH = (1, 3, 6, 9)  # days since each article of a well-kept news channel


@dataclass(frozen=True)
class Planted:
    """One fault that must be found: site, kind of finding, and its target (or masked text for privacy)."""

    site: str
    kind: str
    target: str


@dataclass
class City:
    """The running city: its web, what was planted, and the register rows that belong to it."""

    web: Web
    today: date
    planted: set[Planted] = field(default_factory=set)
    alive: set[str] = field(default_factory=set)  # traps: addresses that must not be reported
    unread: dict[str, str] = field(default_factory=dict)  # attachments that nobody can read, by cause
    units: list[tuple[str, str, str]] = field(default_factory=list)  # code, name, group
    sites: list[tuple[str, str, str, str, str]] = field(
        default_factory=list
    )  # code, name, unit, url, id code
    builders: dict[str, Builder] = field(default_factory=dict)

    def plant(self, site: str, kind: str, target: str) -> None:
        self.planted.add(Planted(site, kind, target))


def _join(city: City, code: str, name: str, group: str, number: int, **look: str) -> Builder:
    """Register a unit with one site and start building it."""
    unit = f"YS-{code.upper()}"
    builder = Builder(f"{code}.demo.test", city.web.port, name, f"36059900{number:02d}", city.today, **look)
    city.units.append((unit, name, group))
    city.sites.append((code, f"{name}网站", unit, builder.base + "/", builder.id_code))
    city.builders[code] = builder
    return builder


def _usual_channels(site: Builder) -> dict[str, Channel]:
    return {
        "news": site.channel("/dt/", "工作动态", FRESH),
        "notice": site.channel("/tzgg/", "通知公告", (5, 40, 90)),
        "policy": site.channel("/zcwj/", "政策文件", (20, 100)),
    }


def _portal(city: City) -> None:
    """One dead footer link on every page: one cause, many places."""
    site = _join(city, "portal", "演示市人民政府", "county", 1)
    _usual_channels(site)
    site.channel("/jd/", "政策解读", (12, 60))
    site.footer_extra = (
        f'<a href="/old/sitemap.html">网站地图</a> <a href="{_outside(city, "turned")}">合作网站</a>'
    )
    city.plant("portal", "hidden.external_bad", _outside(city, "turned"))
    city.plant("portal", "link.dead", site.url("/old/sitemap.html"))
    city.web.add(site.render()).ipv6 = True


def _education(city: City) -> None:
    """JCMS lists, a 410, a soft 404, and a list of pupils with identity numbers and mobile numbers."""
    site = _join(city, "jyj", "演示市教育局", "dept_service", 2, layout="jcms")
    channels = _usual_channels(site)
    channels["news"].extra = '<a href="/gone.html">历史专题</a> <a href="/missing-but-200.html">活动回顾</a>'
    site.add_page("/gone.html", Doc(b"gone", 410))
    page = "<html><head><title>提示信息</title></head><body><p>对不起，您访问的页面不存在或已被删除。</p></body></html>"
    site.add_page("/missing-but-200.html", Doc(page.encode()))
    city.plant("jyj", "link.dead", site.url("/gone.html"))
    city.plant("jyj", "link.soft_404", site.url("/missing-but-200.html"))
    channels["notice"].articles[0].body += (
        "<table><tr><th>姓名</th><th>身份证号</th><th>联系电话</th></tr>"
        "<tr><td>张某某</td><td>11010519491231002X</td><td>13912345678</td></tr>"
        "<tr><td>李某某</td><td>360502198808080014</td><td>13812345679</td></tr></table>"
    )
    for masked in ("11*************02X", "36*************014", "139****5678", "138****5679"):
        kind = "privacy.id_card" if len(masked) == 18 else "privacy.mobile"
        city.plant("jyj", kind, masked)
    city.web.add(site.render())


def _finance(city: City) -> None:
    """A GBK site of the old kind with a typing slip, a wrong frozen phrase and a dead attachment."""
    site = _join(city, "czj", "演示市财政局", "dept_service", 3, layout="table", encoding="gb18030")
    channels = _usual_channels(site)
    channels["news"].articles[0].body += "<p>我局做为牵头单位，统筹推进各项任务。</p>"
    channels["policy"].articles[0].body += (
        "<p>以习近平新时代中国特色会主义思想为指导，认真落实各项部署。</p>"
        '<p>附件：<a href="/files/budget2026.pdf">2026年部门预算.pdf</a></p>'
    )
    city.plant("czj", "wording.typo", "做为")
    city.plant("czj", "wording.formulation", "习近平新时代中国特色会主义思想")
    city.plant("czj", "link.dead", site.url("/files/budget2026.pdf"))
    city.web.add(site.render())


def _health(city: City) -> None:
    """Channels in every bad state: overdue news and notices, a blank one, one without dates."""
    site = _join(city, "wjw", "演示市卫健委", "dept_service", 4, layout="dl")
    site.channel("/gzdt/", "工作动态", (20, 35, 60))
    site.channel("/tzgg/", "通知公告", (200, 300))
    site.channel("/zcwj/", "政策文件", (30,))
    site.channel("/rsxx/", "人事信息", ())
    site.channel("/ghjh/", "规划计划", (None, None))
    site.channel("/tjxx/", "统计信息", (3, 200))
    for path, kind in (
        ("/gzdt/", "channel.overdue"),
        ("/tzgg/", "channel.overdue"),
        ("/rsxx/", "channel.blank"),
        ("/ghjh/", "channel.undated"),
    ):
        city.plant("wjw", kind, site.url(path))
    city.plant("wjw", "tag.missing", "PubDate")
    _attach(city, site)
    city.web.add(site.render())


def _attach(city: City, site: Builder) -> None:
    """Attachments of every kind: some with faults, clean ones, and those that nobody can read."""
    people = [
        ["姓名", "身份证号"],
        ["王某某", "36050219900101001X"],
        ["赵某某", "360502198505050045"],
    ]
    secret = files.xlsx({"说明": [["补贴发放说明"]], "名单": people}, hidden="名单")
    documents = {
        "plan.pdf": files.pdf(["工作计划\n各科室按职责抓好落实", "我委做为牵头单位统筹推进"]),
        "list.xlsx": secret,
        "notice.doc": files.doc("通知\n请各单位尽快签定协议"),
        "report.docx": files.docx(["年度工作报告", "各项工作有序推进"]),
        "pack.zip": files.packed({"../名单.txt": "联系人手机：13712345670".encode("gbk")}),
        "scan.pdf": files.pdf(["", ""]),
        "locked.pdf": files.pdf(["内部资料"], encrypted=True),
        "bomb.zip": files.packed({"a.txt": b"0" * 70_000_000}),
        "bomb.docx": files.docx(["&b;"], head='<!DOCTYPE x [<!ENTITY a "xx"><!ENTITY b "&a;&a;">]>'),
        "packed.rar": b"Rar!",
    }
    links = []
    for name, content in documents.items():
        stamp = (("ETag", f'"{name}"'),)
        site.add_page(f"/files/{name}", Doc(content, content_type="application/octet-stream", headers=stamp))
        links.append(f'<p>附件：<a href="/files/{name}">{name}</a></p>')
    site.channels[0].articles[0].body += "".join(links)
    city.plant("wjw", "wording.typo", "做为")
    city.plant("wjw", "wording.typo", "签定")
    city.plant("wjw", "privacy.id_card", "36*************01X")
    city.plant("wjw", "privacy.id_card", "36*************045")
    city.plant("wjw", "privacy.mobile", "137****5670")
    city.unread = {
        site.url(f"/files/{name}"): cause
        for name, cause in (
            ("scan.pdf", "attachment_scanned"),
            ("locked.pdf", "attachment_encrypted"),
            ("bomb.zip", "attachment_limits"),
            ("bomb.docx", "attachment_limits"),
            ("packed.rar", "attachment_format"),
        )
    }


def _sports(city: City) -> None:
    """Vetoes: the home page is 25 days old and five channels were never filled."""
    site = _join(city, "tyj", "演示市体育局", "dept_other", 5)
    site.channel("/gzdt/", "工作动态", (25, 40))
    city.plant("tyj", "channel.overdue", site.url("/gzdt/"))
    for number, name in enumerate(("通知公告", "政策文件", "人事信息", "规划计划", "财政信息")):
        site.channel(f"/c{number}/", name, ())
        city.plant("tyj", "channel.blank", site.url(f"/c{number}/"))
    city.plant("tyj", "home.stale", site.url("/"))
    city.web.add(site.render())


def _park(city: City, closed_port: int) -> None:
    """Every way a link can die, and the traps that look dead but are not."""
    site = _join(city, "gxq", "演示高新区管委会", "county", 6)
    channels = _usual_channels(site)
    dead = {
        "/notfound.html": Doc(b"no", 404),
        "/error500.html": Doc(b"oops", 500),
        "/error503.html": Doc(b"busy", 503),
        "/hang.html": Doc(behave="hang"),
        "/reset.html": Doc(behave="reset"),
        "/loop.html": Doc(behave="loop"),
    }
    alive = {
        "/head405.html": Doc(b"HEAD is refused here", content_type="text/plain", get_only=True),
        "/forbidden.html": Doc(b"forbidden", 403),
        "/login.html": Doc(b"login", 401),
        "/moved.html": Doc(status=302, headers=(("Location", "/tzgg/"),)),
        "/slowdown.html": Doc(b"slow down", 429),
    }
    for path, doc in (dead | alive).items():
        site.add_page(path, doc)
    outside = [f"http://closed.demo.test:{closed_port}/", "http://nowhere.demo.invalid/"]
    links = [*dead, *alive, *outside]
    channels["news"].extra = "".join(f'<p><a href="{url}">相关链接{n}</a></p>' for n, url in enumerate(links))
    channels["notice"].extra = '<img src="/img/missing.jpg" alt="缺图">'
    for url in [*(site.url(path) for path in dead), *outside, site.url("/img/missing.jpg")]:
        city.plant("gxq", "link.dead", url)
    city.alive |= {site.url(path) for path in alive}
    city.web.add(site.render())


def _county(city: City) -> None:
    """Hidden links, a scrolling one-pixel marquee, a hijacked head, and another face for search engines."""
    site = _join(city, "yushui", "演示县人民政府", "county", 7)
    channels = _usual_channels(site)
    one, two, three = (_outside(city, f"spam-{name}") for name in ("one", "two", "three"))
    site.home_extra = (
        f'<div style="display:none"><a href="{one}">时时彩平台</a></div>'
        f'<marquee height="1" width="4" scrollamount="3000"><a href="{two}">北京赛车</a></marquee>'
    )
    channels["news"].extra = f'<a href="{three}" style="position:absolute;left:-9999px">私服发布网</a>'
    site.title = "&#21271;&#20140;&#36187;&#36710;"
    site.head_extra = "<script>if(navigator.userAgent.toLowerCase().indexOf('baidu')==-1){document.title='演示县人民政府'}</script>"
    for target in (one, two, three):
        city.plant("yushui", "hidden.link", target)
    city.plant("yushui", "hidden.title_hijack", site.url("/"))
    cloaked = channels["policy"].path
    city.plant("yushui", "hidden.cloaking", site.url(cloaked))
    served = city.web.add(site.render())
    served.answer = _cloak(cloaked)


def _outside(city: City, name: str) -> str:
    """The address of an outside site of the demonstration."""
    return f"http://{name}.test:{city.web.port}/"


def _cloak(path: str) -> Callable[[str, Headers], Doc | None]:
    def answer(asked: str, headers: Headers) -> Doc | None:
        spider = "spider" in (headers.get("User-Agent") or "").lower()
        return Doc(GAMBLING.encode()) if spider and asked == path else None

    return answer


def _development(city: City) -> None:
    """Wrong page tags, and a server that answers 200 to everything."""
    site = _join(city, "fgw", "演示市发改委", "dept_service", 8)
    channels = _usual_channels(site)
    site.home_tags = {"SiteIDCode": None}
    channels["notice"].tags = {"ColumnType": None, "ColumnDescription": "null"}
    news, notice = channels["news"].articles[0], channels["notice"].articles[0]
    news.tags = {"PubDate": f"{news.day:%Y/%m/%d}"}
    notice.tags = {"PubDate": "2020-01-02 09:00"}  # the page itself shows another day
    channels["policy"].extra = '<a href="/never/existed.html">旧版目录</a>'
    city.plant("fgw", "tag.missing", "SiteIDCode")
    city.plant("fgw", "tag.missing", "ColumnType")
    city.plant("fgw", "tag.invalid", "ColumnDescription")
    city.plant("fgw", "tag.invalid", "PubDate")
    city.plant("fgw", "date.forged", site.url(notice.path))
    city.plant("fgw", "link.soft_404", site.url("/never/existed.html"))
    served = city.web.add(site.render())
    page = "<html><head><title>页面不存在</title></head><body><p>抱歉，您要找的页面不存在。</p></body></html>"
    served.missing = Doc(page.encode(), 200)


def _statistics(city: City) -> None:
    """The clean site: nothing may be found here."""
    site = _join(city, "tjj", "演示市统计局", "dept_other", 9)
    _usual_channels(site)
    site.channel("/tjsj/", "统计信息", (10, 200))
    site.home_extra = '<div class="hide" style="display:none"><a href="/dt/">本站栏目</a></div>'
    city.web.add(site.render()).ipv6 = True


def _water(city: City, closed_port: int) -> None:
    """A site that cannot be reached: unmeasured, never a bad score."""
    city.units.append(("YS-SLJ", "演示市水利局", "dept_service"))
    city.sites.append(
        ("slj", "演示市水利局网站", "YS-SLJ", f"http://slj.demo.test:{closed_port}/", "3605990010")
    )


@contextlib.contextmanager
def running_city(today: date) -> Iterator[City]:
    """Serve the city on loopback until the block ends."""
    with refused_port() as closed:
        city = City(Web(), today)
        for build in (_portal, _education, _finance, _health, _sports, _county, _development, _statistics):
            build(city)
        _park(city, closed)
        _water(city, closed)
        for name in ("spam-one", "spam-two", "spam-three"):
            city.web.add(Builder(f"{name}.test", city.web.port, "外部网站", "", today).render())
        city.web.add(Site("turned.test", {"/": Doc(GAMBLING.encode())}))
        plant_no_https(city)
        with city.web.serving():
            yield city


def plant_no_https(city: City) -> None:
    """None of the sites offers HTTPS; certificate says so for each that it can reach."""
    for code, *_rest in city.sites:
        if code != "slj":
            city.plant(code, "certificate.no_https", next(s[3] for s in city.sites if s[0] == code))


def hosts_text(city: City) -> str:
    """The hosts file of the city; `closed` and `slj` have an address where nobody listens."""
    return city.web.hosts() + "127.0.0.1 closed.demo.test\n127.0.0.1 slj.demo.test\n"
