"""`make fuzz MINUTES=10`: every target in turn, coverage-guided; what breaks a promise is kept in tests/fuzz/found.

`make fuzz ARGS=page` runs one target. A kept case is a test from then on (tests/fuzz/test_found.py).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from cockpit.paths import CHECKOUT
from tests.fuzz.targets import TARGETS

FOUND = Path(__file__).with_name("found")
MINUTES = 10
KINDS = {"crash": "违反承诺或崩溃", "timeout": "太慢", "oom": "内存过多", "leak": "泄漏"}


def run(name: str, seconds: int, folder: Path) -> int:
    """Fuzz one target; returns how many cases it found."""
    words = [sys.executable, "-m", "tests.fuzz.run", name, str(seconds), str(folder)]
    done = subprocess.run(words, cwd=CHECKOUT, capture_output=True, check=False)
    told = (done.stdout + done.stderr).decode("utf-8", "replace")
    runs = re.search(r"number_of_executed_units:\s*(\d+)", told) or re.search(
        r"#(\d+)\s+(?:DONE|NEW|REDUCE|pulse)(?!.*#\d)", told, re.DOTALL
    )
    covered = re.findall(r"cov: (\d+)", told)
    cases = [p for p in folder.iterdir() if p.name.split("-")[0] in KINDS]
    print(
        f"{name}：{seconds} 秒，{runs[1] if runs else '?'} 次，覆盖 {covered[-1] if covered else '?'} 条边，发现 {len(cases)} 个"
    )
    for case in cases:
        kept = FOUND / name / f"{case.name[:24]}.bin"
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(case, kept)
        print(f"  {KINDS[case.name.split('-')[0]]}：已存为 {kept.relative_to(CHECKOUT)}")
        print(
            "\n".join(f"    {line}" for line in told.splitlines() if "Error" in line or "assert" in line)[
                :1500
            ]
        )
    if done.returncode and not cases:
        print(told[-3000:], file=sys.stderr)
        return 1
    return len(cases)


def main(names: list[str]) -> int:
    unknown = [n for n in names if n not in TARGETS]
    if unknown:
        print(
            f"没有「{'、'.join(unknown)}」，可用：{'、'.join(TARGETS)}（make fuzz ARGS=page）",
            file=sys.stderr,
        )
        return 2
    chosen = names or list(TARGETS)
    seconds = max(5, int(float(os.environ.get("MINUTES") or MINUTES) * 60 / len(chosen)))
    with tempfile.TemporaryDirectory() as folder:
        found = sum(run(name, seconds, Path(folder) / name) for name in chosen)
    print("没有发现问题。" if not found else f"共 {found} 个，请修好后连同案例一起提交。")
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
