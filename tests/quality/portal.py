"""Clean government pages in the layouts of the usual systems, made from a seed: what must stay silent.

They hold the tricky but honest things of real portals: hidden menus, tab panels, carousels, statistics,
certificates, share widgets, skip links, icon links, hidden metadata, lottery news, dated list layouts.
"""

from __future__ import annotations

import random
from collections.abc import Callable

URL = "http://www.a.gov.cn/zwgk/tzgg/202611/t20261120_12345.html"
SHEET_URL = "http://www.a.gov.cn/css/site.css"
SHEET = (
    ".sr-only{position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)} .logo a{display:block;text-indent:-9999px;background:url(logo.png)} "
    ".nav ul ul{display:none} .nav li:hover ul{display:block} .tab-con{display:none} .tab-con.on{display:block} .swiper-slide{opacity:0} .swiper-slide-active{opacity:1} "
    ".ewm-pop{display:none;position:absolute} .ewm:hover .ewm-pop{display:block} .icons{font-size:0} .icons li{font-size:16px} .m-nav{display:none} @media (max-width:768px){.m-nav{display:block}.pc{display:none}} "
    "@media print{.noprint{display:none}} .clear{height:0;line-height:0;overflow:hidden;clear:both} .foot a{color:#fff} .foot{background:#0050a0} .gotop{position:fixed;right:-60px} .slidebar{left:-300px;position:fixed} "
    ".fade{opacity:0;transition:opacity .3s} .modal{display:none} .banner a{color:#fff}"
)
GOV = (
    "http://www.gov.cn/",
    "http://www.jiangxi.gov.cn/",
    "https://www.creditchina.gov.cn/",
    "http://www.ccdi.gov.cn/",
)
MEDIA = (
    "http://www.xinhuanet.com/",
    "http://www.people.com.cn/",
    "https://www.qstheory.cn/",
    "https://www.jxnews.com.cn/",
    "https://www.cnr.cn/",
    "http://www.chinadaily.com.cn/",
)
OUTSIDE = (
    ("http://www.xyrbs.example.com/", "新余日报"), ("https://www.xyxww.com.cn/", "新余新闻网"), ("https://mooc.icve.com.cn/", "在线学习平台"), ("http://www.xyzyxy.com/", "新余学院"),
    ("https://xyggzy.example.cn/", "公共资源交易平台"), ("http://www.cwl.example/", "福彩中心"), ("https://www.12388.example/", "举报网站"), ("https://v.example.net/live/1", "在线访谈直播"),
    ("http://www.tibet.cn/", "中国西藏网"), ("https://expo.example.com/", "南亚博览会"), ("http://www.ssc.net.cn/", "超级计算中心"), ("https://www.yun365.cn/", "政务云服务"),
)  # fmt: skip
TITLES = (
    "关于做好2026年秋冬季森林防灭火工作的通知", "新余市财政局2026年部门预算公开", "关于公开征求《新余市城市管理条例（草案）》意见的公告", "我市召开重点项目建设推进会", "2026年新余市事业单位公开招聘工作人员公告",
    "关于调整部分行政审批事项的公告", "市市场监管局开展节前食品安全检查", "福利彩票公益金使用情况公告", "关于打击整治网络赌博违法犯罪的通告", "体育彩票公益金资助项目公示", "公安机关破获一起开设赌场案", "2026年第三季度全市经济运行情况", "关于打击“六合彩”赌博活动的通告", "警惕“代开发票”骗局", "我市侦破一起网络私服游戏侵权案",
    "我市加快三年行动计划落地见效", "请考生仔细阅读以下注意事项", "提高仿制药质量和疗效一致性评价", "既有住宅加装外挂电梯政策解读", "海关查验走私服装", "中国体育彩票网点开设公告",
)  # fmt: skip
Draw = random.Random


def _header(draw: Draw) -> str:
    shapes = (
        '<a class="sr-only" href="#main">跳到主要内容</a><div class="logo"><a href="/">新余市人民政府</a></div>',
        '<a href="#main" style="position:absolute;left:-9999px">跳过导航</a><h1 class="logo" style="font-size:0"><a href="/">某局</a></h1>',
        '<div class="top"><a href="https://www.gov.cn/">中国政府网</a> <a href="javascript:;" onclick="addFav()">收藏</a> <div class="ewm"><i></i><div class="ewm-pop"><img src="/wx.png"></div></div></div>',
        '<div class="header" style="background:#c00"><a style="color:#fff" href="http://www.jiangxi.gov.cn/">江西省人民政府</a></div>',
    )
    return draw.choice(shapes)


def _menu(draw: Draw) -> str:
    hide = draw.choice(
        (
            "",
            ' style="display:none"',
            ' style="visibility:hidden;opacity:0"',
            ' style="height:0;overflow:hidden"',
            ' class="fade"',
        )
    )
    items = "".join(
        f'<li><a href="/c{n}/">栏目{n}</a><ul{hide}><li><a href="/c{n}/a/">子栏目甲</a></li><li><a href="{draw.choice(MEDIA)}">专题报道</a></li></ul></li>'
        for n in range(6)
    )
    return f'<div class="nav"><ul>{items}</ul></div><div class="m-nav"><a href="/m/">手机版</a><a href="{draw.choice(OUTSIDE)[0]}">掌上办</a></div>'


def _tabs(draw: Draw) -> str:
    style = draw.choice((' style="display:none"', ' class="tab-con"', " hidden"))
    url, name = draw.choice(OUTSIDE)
    return (
        f'<div class="tab"><span>要闻</span><span>公告</span></div><div class="tab-con on">{_list(draw)}</div>'
        f'<div{style} id="con_two_2"><ul><li><a href="{url}">{name}</a></li><li><a href="/x/1.html">工作动态一则</a></li></ul></div>'
    )


def _list(draw: Draw) -> str:
    day = f"2026-{draw.randint(1, 11):02d}-{draw.randint(1, 28):02d}"
    return (
        "<ul>"
        + "".join(
            f'<li><a href="/x/{n}.html" title="{t}">{t}</a><span>{day}</span></li>'
            for n, t in enumerate(draw.sample(TITLES, 5))
        )
        + "</ul>"
    )


def _carousel(draw: Draw) -> str:
    url, name = draw.choice(OUTSIDE)
    style = draw.choice(
        (
            "opacity:0",
            "display:none",
            "position:absolute;left:1200px",
            "transform:translateX(-1200px)",
            "visibility:hidden",
        )
    )
    return f'<div class="swiper banner"><div class="swiper-slide" style="{style}"><a href="{url}"><img src="/b1.jpg" alt="{name}"></a></div><div class="swiper-slide swiper-slide-active"><a href="/zt/"><img src="/b2.jpg"></a></div></div>'


def _statistics(draw: Draw) -> str:
    shapes = (
        '<div style="display:none"><script src="https://s4.cnzz.com/z_stat.php?id=1&web_id=1"></script><a href="https://www.cnzz.com/stat/website.php?web_id=1" title="站长统计">站长统计</a></div>',
        '<script>document.write("<div style=\'display:none\'>");</script><script src="https://hm.baidu.com/h.js?abc"></script><script>document.write("</div>");</script>',
        '<script>var _bdhmProtocol=(("https:"==document.location.protocol)?"https://":"http://");document.write(unescape("%3Cscript src=\'"+_bdhmProtocol+"hm.baidu.com/h.js%3Fabc\' type=\'text/javascript\'%3E%3C/script%3E"));</script>',
        "<script>document.write(unescape(\"%3Cspan id='_ideConac' %3E%3C/span%3E%3Cscript src='https://dcs.conac.cn/js/15/233/0000/60428413/CA152330000604284130001.js' type='text/javascript'%3E%3C/script%3E\"));</script>",
        '<script id="_jiucuo_" sitecode=\'3605000013\' src=\'https://zfwzgl.www.gov.cn/exposure/jiucuo.js\'></script><noscript><img src="https://stat.example.com/p.gif" style="display:none"></noscript>',
        "<script>(function(){var s=document.createElement('script');s.src='https://hm.baidu.com/hm.js?1';var b=document.getElementsByTagName('script')[0];b.parentNode.insertBefore(s,b)})();</script>",
        "<script>var _paq=[];(function(){var u='//gfwzfw.gridsum.com/';var g=document.createElement('script');g.src=u+'piwik.js';document.head.appendChild(g)})()</script>",
        '<script src="https://ta.trs.cn/c/js/ta.js?mpid=1"></script>',
    )
    return draw.choice(shapes)


def _widgets(draw: Draw) -> str:
    url, name = draw.choice(OUTSIDE)
    shapes = (
        '<div class="bdsharebuttonbox"><a href="#" class="bds_weixin" data-cmd="weixin"></a><a class="bds_tsina" href="https://service.weibo.com/share/share.php?url=x"></a></div>',
        f'<a class="icon wx" href="{url}"><i class="iconfont"></i></a><ul class="icons" style="font-size:0"><li style="font-size:16px"><a href="{url}">{name}</a></li></ul>',
        f'<div class="modal" id="leave" style="display:none">您即将离开本网站 <a href="{url}">继续访问</a> <a href="/">取消</a></div>',
        f'<select onchange="window.open(this.value)" style="display:none"><option>友情链接</option><option value="{draw.choice(MEDIA)}">新华网</option><option value="{url}">{name}</option></select>',
        f'<div class="ewm-pop" style="display:none"><a href="{url}"><img src="/qr.png" width="120"></a></div>',
        '<div style="display:none"><img src="/cover.jpg"></div><span style="display:none" id="DocID">12345</span>',
        f'<div style="position:absolute;left:-9999px"><div style="position:fixed;left:20px"><a href="{url}">{name}</a></div></div>',
        f'<div style="visibility:hidden"><a style="visibility:visible" href="{url}">{name}</a></div>',
        f'<a href="{url}" class="more"><svg width="16" height="16"></svg></a><a href="{url}"><img src="/{name}.png"></a>',
        f'<div class="float_ad" style="position:absolute;left:10px;top:10px"><a href="{url}"><img src="/ad.gif" width="120" height="60"></a></div>',
        f'<iframe src="https://player.example.com/embed/1" width="640" height="360"></iframe><iframe src="{draw.choice(GOV)}x" width="0" height="0"></iframe>',
        f'<div class="noprint"><a href="{url}">{name}</a></div><div class="pc"><a href="{url}">{name}</a></div>',
        f'<details><summary>相关链接</summary><a href="{url}">{name}</a></details>',
        f'<div style="background:#fff"><div style="background-image:url(/b.png)"><a style="color:#fff" href="{url}">{name}</a></div></div><style media="print">.pp{{display:none}}</style><p class="pp"><a href="{url}">{name}</a></p>',
        f'<div id="corp1"><a href="{url}">{name}</a></div><script>$(function(){{$("#corp1").hide();$("#b1").hover(function(){{$("#corp1").show()}})}})</script>',
        f'<div data-aos="fade-up" style="opacity:0"><a href="{url}">{name}</a></div><p>请登录<a href="{url}">{url}</a><a href="{url}">。</a></p>',
        f'<div style="background:#036"><a style="color:#fff" href="{url}">{name}</a></div><div style="background:url(/bg.jpg)"><a style="color:#fff" href="{url}">{name}</a></div>',
    )  # fmt: skip
    return draw.choice(shapes)


def _article(draw: Draw) -> str:
    title = draw.choice(TITLES)
    body = {
        "赌": "<p>近日，公安机关打击网络赌博，抓获犯罪嫌疑人12名。群众如发现线索，请拨打110。</p>",
        "彩票": "<p>2026年度福利彩票公益金共支出1,200万元，体育彩票销售点新增20个，双色球、大乐透销量稳定。</p>",
    }
    text = next(
        (t for key, t in body.items() if key in title),
        "<p>各县（区）人民政府、管委会，市政府各部门：为做好有关工作，现将有关事项通知如下。</p>",
    )
    day = f"2026-{draw.randint(1, 11):02d}-{draw.randint(1, 28):02d} {draw.randint(8, 17):02d}:30"
    return (
        f'<div class="article" id="main"><h2>{title}</h2><div class="info">发布时间：{day}　来源：市政府办　字号：[大 中 小]</div><div style="line-height:2;text-indent:2em">{text * draw.randint(2, 8)}</div>'
        f'<!-- <a href="/old/1.html">旧版</a> --><!--[if lt IE 9]><script src="https://cdn.example.com/html5shiv.js"></script><![endif]--><div class="clear"></div></div>'
    )


def _footer(draw: Draw) -> str:
    url, name = draw.choice(OUTSIDE)
    links = "".join(f'<a href="{u}" target="_blank">{n}</a> ' for u, n in draw.sample(OUTSIDE, 4))
    return (
        f'<div class="links" style="{draw.choice(("", "display:none"))}">{links}<a href="{draw.choice(GOV)}">政府网站</a></div><div class="foot">主办：某局 <a href="https://beian.miit.gov.cn/">赣ICP备05000001号</a>'
        f' <a href="http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=1">赣公网安备 36050202000001号</a> 网站标识码：3605000013 <a href="{url}">技术支持：{name}</a></div><div class="gotop"><a href="#top"></a></div>'
    )


BLOCKS: tuple[Callable[[Draw], str], ...] = (
    _menu,
    _tabs,
    _list,
    _carousel,
    _statistics,
    _widgets,
    _widgets,
    _article,
)


def page(draw: Draw, body: str = "", head: str = "") -> str:
    """One clean page with a fragment of a case somewhere in it."""
    blocks = [block(draw) for block in draw.sample(BLOCKS, draw.randint(4, len(BLOCKS)))]
    blocks.insert(draw.randint(0, len(blocks)), body)
    title = "" if "<title" in head else f"<title>{draw.choice(TITLES)}-某市某局</title>"
    sheet = '<link rel="stylesheet" href="/css/site.css">'
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}{title}<meta name="keywords" content="政务公开,某局">{sheet}</head><body>'
        f"{_header(draw)}{''.join(blocks)}{_footer(draw)}</body></html>"
    )
