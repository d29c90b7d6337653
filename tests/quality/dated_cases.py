"""Articles with their publish dates in the layouts and traps of Chinese sites, made from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

PROSE = "<p>各县（区）人民政府、管委会，市政府各部门：为深入贯彻落实有关部署，现将有关事项通知如下，请认真抓好落实，确保各项任务按时完成，并于每月底前报送进展情况。</p>"
TITLE = "关于做好秋冬季森林防灭火工作的通知"


def bars(day: date) -> tuple[str, ...]:
    """Ways to show the publish date under a title."""
    dash, han, slash = f"{day:%Y-%m-%d}", f"{day.year}年{day.month}月{day.day}日", f"{day:%Y/%m/%d}"
    return (
        f"发布时间：{dash} 10:20", f"发布日期：{han}", f"时间：{dash}　来源：市府办　浏览次数：12", f"来源：市府办 {dash}", f"{dash} 09:30:12 来源：新余日报 作者：张某", f"【{han}】 字号：大 中 小",
        f"信息来源：市财政局 | 发布时间：{slash}", f"<span>{dash}</span><span>来源：本站</span><span>打印</span>", f"日期：{dash} 访问量：<i>23</i>", f"{han} 08:00", f"更新时间：{dash} 责任编辑：某某", f"发布于 {dash} 12:00",
        f"发表时间： {slash} 8:05", f"[ {dash} ] [ 关闭窗口 ]", f"编辑：某某　{han}　点击：123次",
    )  # fmt: skip


def cases(draw: random.Random) -> Iterator[tuple[str, str, date]]:
    """(html, address, day)."""
    for number in range(30):
        day = date(2019, 1, 1) + timedelta(days=draw.randint(0, 2800))
        other = day - timedelta(days=draw.randint(20, 400))
        for bar in bars(day):
            traps = draw.sample(
                (
                    f"<p>报名时间：{other:%Y年%m月%d日}至{day:%Y年%m月%d日}。</p>", f"<p>会议定于{other:%Y年%m月%d日}召开。</p>", f"<p>本办法自{other:%Y年%m月%d日}起施行。</p>",
                    f"<div class=foot>版权所有 © {other:%Y-%m-%d} 备案号</div>", "<ul>" + "".join(f"<li><a href=/x/{n}.html>往期工作动态之{n}</a><span>{other - timedelta(days=n):%Y-%m-%d}</span></li>" for n in range(6)) + "</ul>",
                    f"<p style='text-align:right'>市人民政府<br>{other.year}年{other.month}月{other.day}日</p>", f"<table><tr><td>成文日期</td><td>{other:%Y-%m-%d}</td></tr></table>",
                ),
                3,
            )  # fmt: skip
            top = draw.choice(
                (
                    "",
                    "<div class=top>今天是2026年11月23日 星期一</div>",
                    "<div class=nav><a href=/>首页</a> <a href=/a/>要闻</a></div>",
                )
            )
            html = f"<html><head><title>{TITLE}-某市人民政府</title></head><body>{top}<h1>{TITLE}</h1><div class=info>{bar}</div>{PROSE * 2}{''.join(traps)}{PROSE}</body></html>"
            yield html, f"http://www.a.gov.cn/dt/{number}.html", day
