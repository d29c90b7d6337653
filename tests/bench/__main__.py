"""`make bench`: every speed the project claims, each beside its named peer in the same run."""

from __future__ import annotations

import sys
from collections.abc import Callable

from tests.bench import (
    check_bench,
    endurance_bench,
    load_bench,
    patrol_bench,
    query_bench,
    screen_bench,
    viewers_bench,
)

BENCHES: dict[str, Callable[[], object]] = {
    "load": load_bench.run,
    "query": query_bench.run,
    "check": check_bench.main,
    "eyes": patrol_bench.eyes,
    "patrol100": patrol_bench.hundred,
    "screens": screen_bench.run,
    "viewers": viewers_bench.run,
    "endurance": endurance_bench.run,
}
LONG = {"endurance"}  # half an hour: only when asked for


def main(names: list[str]) -> int:
    unknown = [n for n in names if n not in BENCHES]
    if unknown:
        print(
            f"没有「{'、'.join(unknown)}」，可用：{'、'.join(BENCHES)}（make bench ARGS=load）",
            file=sys.stderr,
        )
        return 2
    for name in names or [n for n in BENCHES if n not in LONG]:
        BENCHES[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
