"""`make quality`: how much the detectors find and how often they are wrong, on cases of our own.

Positives are made: one-character errors in every frozen phrase, identity numbers with right check digits in the
notations people use, the hidden-link techniques of the tests. Negatives are the look-alikes of the tests and
official prose. Self-made cases say what the rules can do, not how real pages are; they are a floor, not a proof.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator

from cockpit.detect import hidden, privacy, wording
from cockpit.detect import page as pages
from cockpit.detect.lexicon import Lexicon
from cockpit.paths import SHIPPED
from tests.detect.test_hidden import NEGATIVE, POSITIVE, URL

SEED = 20261123
HAN = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
PROSE = (
    "为深入贯彻落实党中央、国务院决策部署，进一步优化营商环境，现就有关事项通知如下。各县（区）人民政府、管委会，市政府各部门要高度重视，"
    "加强组织领导，明确责任分工，确保各项任务落到实处。联系电话：0790-6441234。办理时限为二十个工作日，法律、法规另有规定的除外。"
    "要坚持以人民为中心的发展思想，全面推进乡村振兴，扎实做好民生实事，不断增强人民群众的获得感、幸福感、安全感。"
)
MATCHER = wording.Matcher(Lexicon.load(SHIPPED / "lexicon"))


def slips(draw: random.Random) -> Iterator[str]:
    """Every frozen phrase with one character deleted, doubled, replaced and two swapped, inside official prose."""
    for entry in MATCHER.lexicon.phrases:
        phrase = entry.wrong
        if len(phrase) < 4:
            continue
        at = draw.randrange(1, len(phrase) - 1)
        other = draw.choice([c for c in HAN if c != phrase[at]])
        variants = (
            phrase[:at] + phrase[at + 1 :],
            phrase[:at] + phrase[at] + phrase[at:],
            phrase[:at] + other + phrase[at + 1 :],
            phrase[: at - 1] + phrase[at] + phrase[at - 1] + phrase[at + 1 :],
        )
        yield from (f"会议强调，要{v}，抓好落实。" for v in variants if v != phrase)


def identity_numbers(draw: random.Random) -> Iterator[str]:
    """Numbers with right check digits in the notations people use."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    for _ in range(300):
        born = f"{draw.randint(1950, 2015)}{draw.randint(1, 12):02d}{draw.randint(1, 28):02d}"
        body = f"3605{draw.choice(('02', '21'))}{born}{draw.randint(1, 999):03d}"
        number = body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]
        spaced = f"{number[:6]} {number[6:14]} {number[14:]}"
        wide = number.translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)})
        yield f"张某某 {draw.choice((number, number.lower(), spaced, wide, number[:9] + chr(0x200B) + number[9:]))} 补助 1200 元"


def share(name: str, cases: list[str], hit: Callable[[str], bool]) -> None:
    found = sum(hit(case) for case in cases)
    print(f"  {name:<22}{found}/{len(cases)}  {100 * found / len(cases):.1f}%")


def speed(name: str, work: Callable[[str], object]) -> None:
    text = PROSE * 20
    started = time.perf_counter()
    for _ in range(40):
        work(text)
    seconds = time.perf_counter() - started
    print(f"  {name:<22}{40 * len(text) / seconds / 1e6:.1f} 百万字/秒")


def main() -> None:
    draw = random.Random(SEED)
    print("查全（自制正例）")
    share(
        "固定表述一字之差",
        list(slips(draw)),
        lambda t: any(f.kind == "wording.formulation" for f in MATCHER.find(t)),
    )
    share(
        "身份证号",
        list(identity_numbers(draw)),
        lambda t: any(f.kind == "privacy.id_card" for f in privacy.find(t)),
    )
    share(
        "暗链手法",
        list(POSITIVE.values()),
        lambda h: bool(hidden.find(pages.parse(f"<body>{h}</body>" if "<title" not in h else h, URL))),
    )
    print("误报（自制反例，越低越好）")
    share(
        "正确的固定表述",
        [e.wrong for e in MATCHER.lexicon.phrases],
        lambda t: any(f.severity != "low" for f in MATCHER.find(t)),
    )
    share(
        "公文段落",
        [PROSE[i:] for i in range(0, len(PROSE), 7)],
        lambda t: bool(MATCHER.find(t)) or any(f.severity != "low" for f in privacy.find(t)),
    )
    share(
        "看不见但正当的链接",
        list(NEGATIVE.values()),
        lambda h: bool(hidden.find(pages.parse(f"<body>{h}</body>", URL))),
    )
    print("速度（单核）")
    speed("错敏", MATCHER.find)
    speed("隐私", privacy.find)


if __name__ == "__main__":
    main()
