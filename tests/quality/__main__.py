"""`make quality`: how much each detector finds, how often it is wrong, how fast it is; one table.

Cases are our own: labelled techniques in made portals, planted slips, made numbers, made articles. They say what
the rules can do, not how real pages are; they are a floor, not a proof. Named peers are measured on the same
cases where they are installed (requirements-bench.txt).
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from cockpit.detect import channels, dates, hidden, links, privacy, reader, reader_state, wording
from cockpit.detect import page as pages
from cockpit.detect.lexicon import Lexicon
from cockpit.paths import SHIPPED, data_dir
from tests.quality import channel_cases, dated_cases, hidden_cases, portal, privacy_cases

SEED = 20261123
ON = date(2026, 11, 23)
HAN = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
PROSE = (
    "为深入贯彻落实党中央、国务院决策部署，进一步优化营商环境，现就有关事项通知如下。各县（区）人民政府、管委会，市政府各部门要高度重视，"
    "加强组织领导，明确责任分工，确保各项任务落到实处。联系电话：0790-6441234。办理时限为二十个工作日，法律、法规另有规定的除外。"
    "要坚持以人民为中心的发展思想，全面推进乡村振兴，扎实做好民生实事，不断增强人民群众的获得感、幸福感、安全感。"
)
READER_GOAL = "查准 ≥95%，查全 ≥68%（只进复核）"
FITTED_ON = {"odw": "ECSpell 公文", "law": "ECSpell 法律"}
MATCHER = wording.Matcher(Lexicon.load(SHIPPED / "lexicon"))


@dataclass(frozen=True)
class Row:
    """One line of the table; None = does not apply."""

    name: str
    goal: str
    precision: float | None = None
    recall: float | None = None
    cases: str = ""
    speed: str = ""
    peer: str = ""


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def hidden_row(draw: random.Random) -> Row:
    """Labelled techniques one by one in realistic portals, and a thousand honest portals."""
    found = 0
    for case in hidden_cases.CASES:
        hits = _hidden(portal.page(draw, case.body, case.head), case.sheet)
        found += any(h.technique != "sold_link" or case.name.startswith("G ") for h in hits)
    clean = [portal.page(draw) for _ in range(1000)]
    started = time.process_time()
    false = sum(bool(_hidden(html, "")) for html in clean)
    each = time.process_time() - started
    count = len(hidden_cases.CASES)
    return Row("暗链（含真实版式）", "查全 ≥95%，干净页误报 ≤1/1000", share(found, found + false), found / count, f"{count} 种手法，误报 {false}/1000 页", f"{each:.2f} 毫秒/页")  # fmt: skip


def _hidden(html: str, sheet: str) -> list[hidden.HiddenLink]:
    return hidden.find(pages.parse(html, portal.URL), {portal.SHEET_URL: portal.SHEET + sheet})


def dates_row(draw: random.Random) -> Row:
    cases = list(dated_cases.cases(draw))
    started = time.process_time()
    told = [dates.published_at(pages.parse(html, url)).day for html, url, _ in cases]
    mine = time.process_time() - started
    right = sum(found == day for found, (_, _, day) in zip(told, cases, strict=True))
    given = sum(found is not None for found in told)
    peer = ""
    try:
        import htmldate
    except ImportError:
        peer = "htmldate 未安装"
    else:
        some = cases[::9]
        started = time.process_time()
        theirs = sum(htmldate.find_date(html, original_date=True) == day.isoformat() for html, _, day in some)
        slower = (time.process_time() - started) / len(some) / (mine / len(cases))
        peer = f"htmldate 查全 {theirs / len(some):.1%}，用时是本项目的 {slower:.0f} 倍"
    return Row("文章发布日期", "48/51（公开集）", share(right, given), right / len(cases), f"{len(cases)} 页", f"{mine / len(cases) * 1000:.2f} 毫秒/页", peer)  # fmt: skip


def slips(draw: random.Random) -> Iterator[tuple[str, str]]:
    """(phrase, sentence) with one character lost, doubled, replaced or two changed places, anywhere in the phrase."""
    for entry in MATCHER.lexicon.phrases:
        phrase = entry.wrong
        if len(phrase) < 4:
            continue
        at = draw.randrange(0, len(phrase))
        other = draw.choice([c for c in HAN if c not in phrase])
        variants = {
            phrase[:at] + phrase[at + 1 :],
            phrase[:at] + phrase[at] + phrase[at:],
            phrase[:at] + other + phrase[at + 1 :],
        }
        if at:
            variants.add(phrase[: at - 1] + phrase[at] + phrase[at - 1] + phrase[at + 1 :])
        yield from ((phrase, f"会议强调，要{v}，抓好落实。") for v in sorted(variants - {phrase}))


def lists_row(_draw: random.Random) -> Row:
    """Layouts of list pages: every entry with its day, and no day for lists that show none."""
    cases = list(channel_cases.cases())
    right = wrong = 0
    started = time.process_time()
    for _, html, expected in cases:
        told = {i.url: i.day for i in channels.items(pages.parse(html, channel_cases.URL)) if i.day}
        hits = sum(told.get(url) == day for url, day in expected.items())
        right, wrong = right + hits, wrong + len(told) - hits
    each = (time.process_time() - started) / len(cases) * 1000
    count = sum(len(expected) for _, _, expected in cases)
    return Row("栏目列表的日期", "常见版式", share(right, right + wrong), share(right, count), f"{len(cases)} 种版式 {count} 条", f"{each:.2f} 毫秒/页")  # fmt: skip


def formulation_row(draw: random.Random) -> Row:
    cases = list(slips(draw))
    found = sum(bool(_alerts(text)) for _, text in cases)
    right = [f"会议强调，要{e.wrong}，抓好落实。" for e in MATCHER.lexicon.phrases]
    false = sum(any(f.kind == "wording.formulation" for f in _alerts(text)) for text in right)
    return Row("固定表述一字之差", "查准 ≥95%，查全 ≥85%", share(found, found + false), found / len(cases), f"{len(cases)} 句", _speed(MATCHER.find), _peer_matching())  # fmt: skip


def _alerts(text: str) -> list[wording.TextFinding]:
    return [f for f in MATCHER.find(text, ON) if f.severity != "low"]


def typo_row(_draw: random.Random) -> Row:
    pairs = [e for e in MATCHER.lexicon.literal if e.kind == "typo" and e.severity != "low"]
    found = sum(bool(_alerts(f"有关部门应当按照要求，{e.wrong}。")) for e in pairs)
    false = sum(any(f.rule == e.rule for f in _alerts(f"有关部门应当按照要求，{e.right}。")) for e in pairs)
    return Row("错别字词库", "查准 ≥95%", share(found, found + false), found / len(pairs), f"{len(pairs)} 对")


def clean_row(draw: random.Random) -> Row:
    texts = [pages.parse(portal.page(draw), portal.URL).text for _ in range(300)] + [PROSE]
    size = sum(map(len, texts))
    false = sum(len(_alerts(text)) for text in texts)
    return Row(
        "干净文字上的错敏预警",
        "≤0.05 次/万字",
        cases=f"{false} 次 / {size / 1e4:.1f} 万字 = {false / size * 1e4:.3f}",
    )


def privacy_row(draw: random.Random) -> Row:
    cases = list(privacy_cases.leaks(draw))
    found = sum(any(f.kind == f"privacy.{kind}" for f in privacy.find(text)) for kind, text in cases)
    false = sum(bool(privacy.find(text)) for text in privacy_cases.HARMLESS)
    return Row("个人信息", "查准 ≥98%，查全 ≥95%", share(found, found + false), found / len(cases), f"正例 {len(cases)}，反例 {len(privacy_cases.HARMLESS)}", _speed(privacy.find))  # fmt: skip


def links_row(draw: random.Random) -> Row:
    page = [portal.page(draw) for _ in range(200)]
    started = time.process_time()
    count = sum(len(links.extract(pages.parse(html, portal.URL))) for html in page)
    each = (time.process_time() - started) / len(page) * 1000
    return Row("链接提取", "浏览器会跟随或加载的每一处", cases=f"{count} 条", speed=f"{each:.2f} 毫秒/页")


def reader_row(_draw: random.Random) -> Row:
    """The model of the data folder, as measured when it was trained on lines held out."""
    model, state = reader_state.load(data_dir())
    if model is None:
        untrained = f"未训练：{reader_state.TRAIN}"
        return Row("统计复核", READER_GOAL, cases=state.warning or untrained)
    m = model.measured
    return Row("统计复核", READER_GOAL, m.get("precision"), m.get("recall"), f"{m.get('lines', 0):.0f} 句，训练 {m.get('characters', 0) / 1e4:.0f} 万字，{'有' if model.background else '无'}背景词语", _speed(lambda t: reader.find(t, model), 1))  # fmt: skip


def background_rows() -> list[Row]:
    """The shipped judgement of the reader with background knowledge, as measured when it was fitted."""
    made = json.loads((SHIPPED / "lexicon" / "reader_trees.json").read_text(encoding="utf-8"))
    return [
        Row(
            f"统计复核加背景词语（{FITTED_ON.get(m['kind'], m['kind'])}）",
            READER_GOAL,
            share(m["hits"], m["flags"]),
            share(m["hits"], m["slips"]),
            f"{m['sentences']} 句 {m['slips']} 处错字，本地文本 {m['text'] / 1e4:.0f} 万字（法规和其余各折的句子）；拟合时测得",
        )
        for m in made["measured"]
    ]


def _speed(work: Callable[[str], object], rounds: int = 40) -> str:
    text = PROSE * 20
    started = time.process_time()
    for number in range(rounds):
        work(f"{number}{text}")
    return f"{rounds * len(text) / (time.process_time() - started) / 1e6:.2f} 百万字/秒"


def _peer_matching() -> str:
    """The same patterns over the same text, matching only."""
    try:
        import ahocorasick
    except ImportError:
        return "pyahocorasick 未安装"
    import daachorse

    patterns = list(dict.fromkeys(pattern for pattern, _ in MATCHER._all()))
    theirs = ahocorasick.Automaton()
    for pattern in patterns:
        theirs.add_word(pattern, pattern)
    theirs.make_automaton()
    ours = daachorse.CharwiseDoubleArrayAhoCorasick(patterns)
    text = PROSE * 200

    def seconds(work: Callable[[], object]) -> float:
        started = time.process_time()
        for _ in range(10):
            work()
        return time.process_time() - started

    ratio = seconds(lambda: sum(1 for _ in theirs.iter(text))) / seconds(lambda: ours.find_overlapping(text))
    return f"匹配速度是 pyahocorasick 的 {ratio:.1f} 倍"


ROWS: tuple[Callable[[random.Random], Row], ...] = (
    links_row,
    hidden_row,
    dates_row,
    lists_row,
    formulation_row,
    typo_row,
    clean_row,
    reader_row,
    privacy_row,
)


def table(rows: Sequence[Row]) -> str:
    """Columns of Chinese text, lined up by display width."""
    head = ("检测器", "目标", "查准率", "查全率", "样本", "速度", "与同类比")
    cells = [head] + [
        (r.name, r.goal, _percent(r.precision), _percent(r.recall), r.cases, r.speed, r.peer) for r in rows
    ]
    widths = [max(_width(row[column]) for row in cells) for column in range(len(head))]
    lines = [
        "  ".join(c + " " * (w - _width(c)) for c, w in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]
    return "\n".join([lines[0], "-" * min(160, sum(widths) + 12), *lines[1:]])


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"


def _width(text: str) -> int:
    return sum(2 if ord(c) > 0x2E80 else 1 for c in text)


def main() -> None:
    print(table([*(row(random.Random(SEED)) for row in ROWS), *background_rows()]))
    print(
        "样本由固定种子生成，只说明规则能做到什么，不代表真实网站上的准确率；统计复核加背景词语的几行来自 tests/quality/fit_reader.py 的五折检验，那里一半以上的句子有错字，真实网页错字少得多，查准率会更低。"
    )


if __name__ == "__main__":
    main()
