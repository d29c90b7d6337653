"""The cast of the demonstration city: invented sites of the real units, and what goes wrong with each.

All addresses end in `.demo.example` (RFC 2606), so nothing can be mistaken for a finding about a real site.
A story says of one unit what is special; everything else is quiet background drawn from a fixed seed.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from cockpit.registry import Account, Site, Unit

SEED = "新余演示 2026"


@dataclass(frozen=True)
class Trouble:
    """One finding that stands from `since` to `until` days before the last day (until 0 = still there)."""

    kind: str
    target: str
    since: int
    until: int = 0
    severity: str = "medium"
    text: str = ""
    places: int = 1
    suggestion: str | None = None
    excerpt: str | None = None
    technique: str | None = None
    cause: str | None = None
    locator: str | None = None


@dataclass(frozen=True)
class Story:
    """What is special about one unit. Day counts are days before the last day of the demonstration."""

    troubles: tuple[Trouble, ...] = ()
    home_frozen: int | None = None
    channel_frozen: Mapping[str, int] = field(default_factory=dict)
    blank: int = 0
    blank_since: int = 12
    ipv6_since: int = 10
    outages: tuple[tuple[int, int, float], ...] = ()
    down: tuple[int, int, int] | None = None  # days before the last day, first and last hour that do not open
    unreachable: int | None = None
    no_site: bool = False
    site_state: str = "active"
    site_since: int | None = None
    ipv6: float | None = None
    no_aaaa: int | None = None
    no_links: bool = False
    certificate_days: int | None = None
    certificate: str | None = None  # no_https or untrusted
    account_silent: int | None = None
    account_closed: bool = False
    trend: int = 0
    applications: tuple[tuple[str, int], ...] = ()
    message_waits: int | None = None
    lacks: tuple[int, ...] = ()  # entrances that the site does not offer (samples_facts.ENTRANCES)


def _privacy(masked: str, since: int, identity: str, until: int = 0) -> Trouble:
    return Trouble(
        "privacy.id_card",
        masked,
        since,
        until,
        "critical",
        masked,
        1,
        None,
        f"……公示名单 张某某 身份证 {masked}……",
        locator=identity,
    )


STORIES: Mapping[str, Story] = MappingProxyType(
    {
        "TYJ": Story(home_frozen=13, channel_frozen={"news": 13}, account_silent=12),
        "XCZXJ": Story((_privacy("36*************021", 4, "demo-1"),), trend=4),
        "NYJ": Story(blank=5, channel_frozen={"notice": 201}),
        "CGJ": Story(outages=((9, 7, 0.5),), trend=5),
        "SWJ": Story(blank=4, down=(3, 2, 4)),
        "YSQ": Story(
            (
                Trouble(
                    "hidden.link",
                    "http://spam-a.demo.example/",
                    2,
                    0,
                    "critical",
                    "时时彩平台",
                    2,
                    None,
                    "访客看不见（样式设为不显示），却指向站外",
                    "display_none",
                ),
                Trouble(
                    "hidden.link",
                    "http://spam-b.demo.example/",
                    2,
                    0,
                    "critical",
                    "北京赛车",
                    1,
                    None,
                    "访客看不见（移到屏幕外），却指向站外",
                    "off_screen",
                ),
                Trouble(
                    "hidden.cloaking",
                    "http://ysq.demo.example/tzgg/",
                    1,
                    0,
                    "critical",
                    "时时彩开户平台（演示）",
                    1,
                    None,
                    "以百度爬虫的身份访问时出现违法内容（时时彩、开户）",
                    "cloaking_spider",
                ),
            )
        ),
        "SLJ": Story(unreachable=16),
        "WXB": Story(no_site=True),
        "STGS": Story(no_site=True),
        "TKJT": Story(no_site=True),
        "KJJ": Story(site_since=5),
        "SJJ": Story(site_state="suspended"),
        "CZJ": Story(
            (
                Trouble(
                    "wording.formulation",
                    "习近平新时代中国特色会主义思想",
                    24,
                    19,
                    "critical",
                    "习近平新时代中国特色会主义思想",
                    1,
                    "习近平新时代中国特色社会主义思想",
                    "以习近平新时代中国特色会主义思想为指导",
                ),
            )
        ),
        "FGW": Story(trend=-6, no_links=True),
        "JTYSJ": Story(trend=7, certificate="untrusted"),
        "WJW": Story(
            (
                Trouble(
                    "link.dead",
                    "http://wjw.demo.example/old/map.html",
                    30,
                    0,
                    "medium",
                    "网站地图",
                    31,
                    cause="not_found_404",
                ),
            )
        ),
        "WGXLJ": Story(ipv6=0.989),
        "GXJ": Story(no_aaaa=8),
        "ZFB": Story(ipv6=1.0),
        "MZJ": Story(certificate_days=20),
        "GAJ": Story(certificate_days=-3),
        "RSJ": Story(applications=(("soon", 27), ("soon", 26), ("answered", 40))),
        "ZRZYJ": Story(applications=(("overdue", 45), ("answered", 60), ("answered", 90))),
        "STHJJ": Story(applications=(("extended", 40), ("answered", 70))),
        "ZJJ": Story(applications=(("third", 30), ("answered", 55))),
        "JYJ": Story(message_waits=66),
        "YBJ": Story(message_waits=20),
        "SCJGJ": Story(account_silent=16),
        "SWUJ": Story(account_closed=True, lacks=(0, 1)),
        "SFJ": Story(
            (
                Trouble(
                    "link.dead",
                    "http://sfj.demo.example/again.html",
                    120,
                    90,
                    "medium",
                    "普法专栏",
                    3,
                    cause="not_found_404",
                ),
                Trouble(
                    "link.dead",
                    "http://sfj.demo.example/again.html",
                    20,
                    0,
                    "medium",
                    "普法专栏",
                    3,
                    cause="not_found_404",
                ),
            )
        ),
        "FYX": Story(channel_frozen={"notice": 178}),
        "GXQ": Story(outages=((60, 59, 0.4),)),
        "GZW": Story(certificate="no_https"),
    }
)

CHANNELS: tuple[tuple[str, str, str, int, int], ...] = (
    # type, name, path, period in days, days between updates
    ("news", "工作动态", "/gzdt/", 14, 3),
    ("notice", "通知公告", "/tzgg/", 183, 15),
    ("policy", "政策文件", "/zcwj/", 183, 30),
    ("interpretation", "政策解读", "/zcjd/", 183, 35),
    ("personnel", "人事信息", "/rsxx/", 365, 60),
    ("plan", "规划计划", "/ghjh/", 365, 90),
    ("finance", "财政信息", "/czxx/", 365, 80),
    ("statistics", "统计信息", "/tjxx/", 365, 45),
)
BLANK_NAMES = ("建议提案", "权责清单", "应急管理", "民意征集", "专题专栏", "双随机公开")
SLIPS = (
    ("做为", "作为"),
    ("座落", "坐落"),
    ("签定", "签订"),
    ("布署", "部署"),
    ("帐户", "账户"),
    ("再接再励", "再接再厉"),
    ("份子", "分子"),
)


ACCOUNT_STATES = {("SJJ", "wx"): "suspended"}  # key and account → a state that is not in use


@dataclass(frozen=True)
class Actor:
    """One unit of the demonstration with its site, accounts and troubles."""

    unit: Unit
    key: str
    story: Story
    site: Site | None
    accounts: tuple[Account, ...]
    troubles: tuple[Trouble, ...]
    ipv6: float
    seconds: float


def cast(units: tuple[Unit, ...], last: date, weeks: int) -> list[Actor]:
    """Everybody on the stage, drawn from the fixed seed."""
    return [_actor(unit, last, weeks) for unit in units]


def _actor(unit: Unit, last: date, weeks: int) -> Actor:
    key = unit.unit_code.split("-", 1)[1]
    story = STORIES.get(key, Story())
    draw = random.Random(f"{SEED}:{key}")
    host = f"{key.lower()}.demo.example"
    since = None if story.site_since is None else last - timedelta(days=story.site_since)
    name = unit.short_name or unit.unit_name
    site = (
        None
        if story.no_site
        else Site(
            f"demo-{key.lower()}",
            f"演示·{name}网站",
            unit.unit_code,
            f"http://{host}/",
            f"360599{abs(hash_of(key)) % 10000:04d}",
            "county" if unit.unit_group == "county" else "department",
            True,
            story.site_state,
            since,
            None,
            "演示数据",
        )
    )
    accounts = tuple(
        Account(
            f"demo-{key.lower()}-{code}",
            f"演示·{name}",
            unit.unit_code,
            platform,
            None,
            "closed" if story.account_closed and code == "wb" else ACCOUNT_STATES.get((key, code), "active"),
            last - timedelta(days=900),
            last - timedelta(days=4) if story.account_closed and code == "wb" else None,
            "演示数据",
        )
        for platform, code in (("微信公众号", "wx"), ("微博", "wb"))
        if unit.unit_group != "dept_other" or code == "wx"
    )
    troubles = (*story.troubles, *(_background(host, draw, story, weeks * 7) if site else ()))
    return Actor(
        unit,
        key,
        story,
        site,
        accounts,
        troubles,
        story.ipv6 or draw.choice((1.0,) * 8 + (0.996, 0.992, 0.985, 0.97)),
        draw.uniform(0.3, 1.6),
    )


def hash_of(text: str) -> int:
    """A stable number for a text (Python's hash differs between runs)."""
    return random.Random(f"{SEED}#{text}").randrange(10**9)


def _background(host: str, draw: random.Random, story: Story, days: int) -> list[Trouble]:
    """Dead links, slips and tag faults that come and go; `trend` > 0 grows towards today, < 0 shrinks."""
    found = []
    for number in range(draw.randint(10, 22)):
        start = draw.randint(3, days)
        length = draw.choice((5, 9, 16, 30, 45))
        found.append(
            Trouble(
                "link.dead",
                f"http://{host}/art/{number}.html",
                start,
                max(0, start - length),
                "medium",
                f"往期信息{number}",
                draw.choice((1, 1, 1, 2, 4)),
                cause=draw.choice(("not_found_404", "not_found_404", "server_5xx", "timeout")),
            )
        )
    for number in range(abs(story.trend)):
        since, until = (number * 6 + 3, 0) if story.trend > 0 else (days, number * 6 + 1)
        found.append(
            Trouble(
                "link.dead",
                f"http://{host}/trend/{number}.html",
                since,
                until,
                "medium",
                f"专题{number}",
                1,
                cause="not_found_404",
            )
        )
    for wrong, right in draw.sample(SLIPS, draw.randint(1, 4)):
        start = draw.randint(3, days)
        page = f"http://{host}/gzdt/{start}.html"
        found.append(
            Trouble(
                "wording.typo",
                wrong,
                start,
                max(0, start - draw.choice((4, 10, 21, 40))),
                "medium",
                wrong,
                1,
                right,
                f"……全市{wrong}试点工作……",
                locator=page,
            )
        )
    for tag in draw.sample(
        ("ColumnDescription", "ColumnKeywords", "ContentSource", "PubDate", "ColumnType"), draw.randint(0, 3)
    ):
        found.append(
            Trouble(
                draw.choice(("tag.missing", "tag.invalid")),
                tag,
                days,
                draw.choice((0, 0, 30)),
                "low",
                tag,
                draw.randint(3, 60),
                locator="article",
            )
        )
    if draw.random() < 0.3:
        start = draw.randint(min(10, days), days)
        found.append(
            Trouble(
                "link.soft_404",
                f"http://{host}/topic/",
                start,
                max(0, start - 25),
                "medium",
                "活动专题",
                1,
                cause="soft_404",
            )
        )
    return found
