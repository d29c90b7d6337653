"""One target under atheris (libFuzzer with the coverage of our own modules): `python -m tests.fuzz.run TARGET SECONDS FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(
    include=["cockpit.detect", "cockpit.tabular", "cockpit.registers", "cockpit.registry"]
):
    from tests.fuzz.targets import TARGETS

SLOW, MEMORY, LONGEST = 25, 2500, 6000  # seconds and MB of one input that count as a fault, bytes of an input


def main(name: str, seconds: str, folder: str) -> None:
    target, place = TARGETS[name], Path(folder)
    corpus = place / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (corpus / f"seed{number:03d}").write_bytes(seed)
    words = place / "words.txt"
    known = ["".join(f"\\x{b:02x}" for b in word.encode()) for word in target.words()]
    words.write_text("".join(f'"{word}"\n' for word in known), "utf-8")
    options = [
        f"-max_total_time={seconds}",
        f"-timeout={SLOW}",
        f"-rss_limit_mb={MEMORY}",
        f"-max_len={LONGEST}",
        f"-artifact_prefix={place}/",
        "-print_final_stats=1",
        *([f"-dict={words}"] if known else []),
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], target.run)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:4])
