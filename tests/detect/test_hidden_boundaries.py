"""暗链, close calls: the same technique in the hands of the trade and of honest pages."""

from __future__ import annotations

import time

import pytest

from cockpit.detect import hidden
from cockpit.detect import page as pages

URL = "http://www.a.gov.cn/"
ONE = '<a href="http://www.nj-seo8.com/">南京网站优化</a>'
TWO = f'{ONE}<a href="http://www.glq51.net/">过滤器厂家</a>'
WHITE = '<a style="color:#fff" href="http://www.vendor.com/">技术支持</a>'
CODES = ",".join(str(ord(c)) for c in "<a href=http://x.example/>时时彩</a>")
BOXED = "<div style=display:none><a href=http://x.example/>seo</a></div>"
OCTAL = "".join(f"\\{ord(c):o}" for c in BOXED)

FOUND = {
    "several hosts in a bare box": (f'<div style="display:none">{TWO}</div>', "medium"),
    "several hosts in a bare list": (f'<ul style="display:none"><li>{TWO}</li></ul>', "medium"),
    "several hosts in a named box": (f'<div class="zz" style="display:none">{TWO}</div>', "low"),
    "a table": (f'<table style="display:none"><tr><td>{ONE}</td></tr></table>', "high"),
    "own address, planted page": ('<div style="display:none"><a href="/uploadfile/ssc.html">时时彩平台</a></div>', "critical"),
    "trusted host, planted page": ('<div style="display:none"><a href="http://old.b.gov.cn/x/">时时彩</a></div>', "critical"),
    "trusted redirector": ('<p hidden><a href="https://www.baidu.com/link?url=a">北京赛车</a></p>', "critical"),
    "seen by all, on a school": ('<a href="http://www.xx.edu.cn/bet/">澳门威尼斯人</a>', "critical"),
    "name in escapes": (rf'<style>#\31 x{{position:absolute;left:-9999px}}</style><div id="1x">{ONE}</div>', "high"),
    "style attribute set": (f'<div id=zz>{ONE}</div><script>document.getElementById("zz").setAttribute("style","display:none")</script>', "high"),
    "style text set": (f'<div id=zz>{ONE}</div><script>var e=document.getElementById("zz");e.style.cssText="position:absolute;left:-9999px"</script>', "high"),
    "object of styles": (f'<div id=zz>{ONE}</div><script>jQuery("#zz").css({{"display":"none"}})</script>', "high"),
    "removed": (f'<div id=zz>{ONE}</div><script>document.getElementById("zz").remove()</script>', "high"),
    "emptied": (f'<div id=zz>{ONE}</div><script>document.getElementById("zz").innerHTML=""</script>', "high"),
    "dialog that never opens": (f"<dialog>{TWO}</dialog>", "medium"),
    "frame of the trade for all to see": ('<iframe src="http://www.bet365cp.com/" width="100%" height="800"></iframe>', "critical"),
    "content of a frame": ("<iframe width=0 height=0 srcdoc=\"&lt;a href='http://x.example/'&gt;时时彩&lt;/a&gt;\"></iframe>", "critical"),
    "script of a random name": ('<script src="https://x.top/k8qp.js"></script>', "critical"),
    "hidden form": ('<form action="http://x.example/post" style="display:none"><input name=a></form>', "high"),
    "class that hides": (f'<style>.off{{display:none}}</style><div id=zz>{ONE}</div><script>document.getElementById("zz").classList.add("off")</script>', "high"),
    "numbers applied": (f"<script>document.write(String.fromCharCode.apply(null,[{CODES}]))</script>", "critical"),
    "numbers in an array": (f"<script>var a=[{CODES}],s='';for(var i=0;i<a.length;i++)s+=String.fromCharCode(a[i]);document.write(s)</script>", "critical"),
    "octal": (f'<script>document.write("{OCTAL}")</script>', "high"),
    "backwards": (f"<script>document.write('{BOXED[::-1]}'.split('').reverse().join(''))</script>", "high"),
    "joined": ("<script>document.write(['<a href=\"http://x.example/\">时时彩','</a>'].join(''))</script>", "critical"),
    "built": ("<script>var a=document.createElement('a');a.href='http://x.example/';a.innerHTML='时时彩'</script>", "critical"),
    "hexadecimal": (f"<script>var h='{BOXED.encode().hex()}',s='';for(var i=0;i<h.length;i+=2)s+='%'+h.substr(i,2);document.write(unescape(s))</script>", "high"),
    "marks to be dropped": ("<script>document.write('<a hr#ef=http://x.exa#mple/>时时#彩</a>'.replace(/#/g,''))</script>", "critical"),
    "put together from names": ("<script>var p='http://x.',q='example',t='时时彩';document.write('<a href=\"'+p+q+'/\">'+t+'</a>')</script>", "critical"),
    "markup in an attribute": ('<div data-html="&lt;a href=&quot;http://x.example/&quot;&gt;时时彩&lt;/a&gt;"></div>', "critical"),
    "by a function that is called": (f'<div id=zz>{ONE}</div><script>function go(){{$("#zz").hide()}} go()</script>', "high"),
}  # fmt: skip
SILENT = {
    "opened by a script": f'<h5>企业</h5><div class="xlk" style="display:none">{TWO}</div><script>$(".yq h5").hover(function(){{$(".xlk").show()}})</script>',
    "opened on hover": f"<style>.xlk{{display:none}}.yq:hover .xlk{{display:block}}</style><div class=yq><div class=xlk>{TWO}</div></div>",
    "opened by its neighbour": f'<div><p onclick="$(this).next().toggle()">媒体</p><div style="display:none">{TWO}</div></div>',
    "mostly the site's own links": f'<div style="display:none"><a href="/a">甲</a><a href="/b">乙</a><a href="/c">丙</a>{TWO}</div>',
    "picture by its own property": f"<style>body{{background:#fff}}.q{{background-image:url(b.png)}}</style><div class=q>{WHITE}</div>",
    "gradient button": f"<style>.w{{background:#fff}}.q{{background-image:linear-gradient(#06c,#039)}}</style><div class=w><b class=q>{WHITE}</b></div>",
    "background attribute": f'<table bgcolor="#ffffff"><tr><td background="/b.gif">{WHITE}</td></tr></table>',
    "laid over by a made box": f'<style>.k{{background:#fff}}.k:before{{content:"";position:absolute;inset:0;background:#c00}}</style><div class=k>{WHITE}</div>',
    "class of a sheet that is missing": f'<link rel=stylesheet href="//cdn.b.cn/a.css"><style>body{{background:#fff}}</style><div class=foot>{WHITE}</div>',
    "sheet for print": f'<style media="print">.u{{display:none}}</style><div class=u>{ONE}</div>',
    "sheet that is no CSS": f'<style type="text/less">.u{{display:none}}</style><div class=u>{ONE}</div>',
    "animated on scroll": f'<div data-aos="fade-up" style="opacity:0">{ONE}</div>',
    "accordion": f'<div id="con3x" style="height:0;overflow:hidden">{TWO}</div><script>$("#b3").click(function(){{$("#con3x").animate({{height:100}})}})</script>',
    "tab shown again": f'<div id="corp">{ONE}</div><script>$("#corp").hide();$("#b2").hover(function(){{$("#corp").show()}})</script>',
    "tabs of a function": f'<div id="corp">{ONE}</div><script>function setTab(n){{document.getElementById("corp").style.display="none";document.getElementById(n).style.display="block"}}</script>',
    "hidden on a click": f'<div id="corp">{ONE}</div><script>$("#x").click(function(){{$("#corp").hide()}})</script>',
    "what an editor left": '<p><a href="http://www.exam.com/">http://www.exam.com</a><a href="http://www.exam.com/"></a><a href="http://www.exam.com/">。</a></p>',
    "library of a browser's name": '<script src="//libs.cdn.com/ie9.js"></script><script src="//libs.cdn.com/v3.js"></script>',
    "sign-in of the site's people": '<form action="https://mail.b.cn/coremail/index.jsp" style="display:none"><input name=uid></form>',
    "picture that is loaded later": '<a href="http://www.media.com/"><img src="/s.gif" width="1" height="1" data-src="/big.jpg"></a>',
    "button of a page that counts searchers": "<script>var f=document.referrer;if(f.indexOf('baidu')>-1){var s='baidu'}b.onclick=function(){location.href='http://www.media.com/'}</script>",
    "headline in a tab": '<div class="tab" style="display:none"><a href="http://www.media.com/1">我市破获一起时时彩网络赌博案</a></div>',
    "paper in a tab of the site": '<div class="tab" style="display:none"><a href="/art/1.html">时时彩平台</a></div>',
    "doubtful word in a tab": '<div class="tab" style="display:none"><a href="http://www.vendor.com/">外挂墙板技术</a></div>',
    "title of a paper": '<div hidden><a href="http://www.b.gov.cn/1">“六合彩”专项行动工作方案</a></div><a href="http://www.media.com/1">六合彩专项行动</a>',
    "notice of a crackdown": '<div style="display:none"><a href="/art/1.html">警惕时时彩骗局</a></div>',
}  # fmt: skip


def found(html: str) -> list[hidden.HiddenLink]:
    return hidden.find(pages.parse(f"<html><body>{html}</body></html>", URL))


@pytest.mark.parametrize("name", FOUND)
def test_found(name: str) -> None:
    html, severity = FOUND[name]
    assert {h.severity for h in found(html)} == {severity}


@pytest.mark.parametrize("name", SILENT)
def test_silent(name: str) -> None:
    assert found(SILENT[name]) == []


def test_only_what_was_tested_is_told() -> None:
    [everyday] = found(f'<p style="display:none">{ONE}</p>')
    [other] = found(f'<p style="height:0;overflow:hidden">{ONE}</p>')
    assert "常用控件" in everyday.why
    assert "常用控件" not in other.why


@pytest.mark.parametrize(
    ("html", "place"),
    [
        ('<base href="http://x.example/">', "base"),
        ('<link rel="canonical" href="http://x.example/">', "canonical"),
        ('<meta http-equiv="refresh" content="0;url=http://x.example/">', "refresh"),
        ('<form action="http://x.example/" style="display:none"></form>', "表单"),
    ],
)
def test_the_place_is_named(html: str, place: str) -> None:
    [hit] = found(html)
    assert place in hit.why


def test_a_frame_that_is_given_no_room() -> None:
    html = (
        '<html><frameset rows="100%,0"><frame src="/m.html"><frame src="http://x.example/"></frameset></html>'
    )
    assert [h.technique for h in hidden.find(pages.parse(html, URL))] == ["iframe_tiny_frame"]


@pytest.mark.parametrize(
    "html",
    [
        f"<script>hide style {'function a(){' * 20_000}</script>",
        f"<script>.join(''); {chr(91) + chr(39) + 'a' + chr(39) + ','}" * 20_000 + "</script>",
        "<div style='display:none'>" + "".join(f"<a href=//x{n}.cn>a</a>" for n in range(4000)) + "</div>",
        "<a href=//x.cn></a>" * 4000,
        f"<style>{':hover,' * 60_000}{{}}</style><div style='display:none'>{TWO}</div>",
    ],
)
def test_hostile_pages_end_soon(html: str) -> None:
    started = time.process_time()
    found(html)
    assert time.process_time() - started < 10
