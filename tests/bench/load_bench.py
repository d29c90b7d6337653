"""Loading 500,000 link rows: our whole load (copy, merge, checkpoint, publish) against DuckDB's own bulk insert."""

from __future__ import annotations

import statistics
import tempfile
import time
from datetime import datetime
from pathlib import Path

import duckdb

from cockpit import store
from cockpit.paths import DataDir

ROWS, ROUNDS = 500_000, 3
NOW = datetime(2026, 11, 23, 4)


def spool(data: DataDir) -> Path:
    """One batch of ROWS links of 100 sites."""
    batch = store.Batch(data, "patrol", "bench")
    for number in range(ROWS):
        batch.add(
            "link",
            measured_at=NOW,
            site_code=f"s{number % 100}",
            url=f"http://s{number % 100}.test/art/{number}.html",
            kind="internal",
            level=3,
            verdict="ok",
            http_status=200,
            places=2,
            source=f"http://s{number % 100}.test/",
            text="关于开展工作的通知",
        )
    path = batch.write(NOW)
    assert path is not None
    return path


def peer(parquet: Path, folder: Path) -> float:
    """INSERT INTO a fresh table of a fresh file from the same Parquet, then CHECKPOINT."""
    columns = ", ".join(store.input_tables()["link"].columns)
    con = duckdb.connect(str(folder / f"peer-{time.time_ns()}.duckdb"), config={"threads": "2"})
    started = time.monotonic()
    con.execute(f"CREATE TABLE link AS SELECT {columns} FROM read_parquet('{parquet}') LIMIT 0")
    con.execute(f"INSERT INTO link SELECT {columns} FROM read_parquet('{parquet}')")
    con.execute("CHECKPOINT")
    seconds = time.monotonic() - started
    con.close()
    return seconds


def run() -> None:
    """Interleaved rounds; prints the ratio of medians."""
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = DataDir(folder / "0")
        content = spool(first).read_bytes()
        for number in range(ROUNDS):
            data = DataDir(folder / str(number + 1))
            data.spool.mkdir(parents=True)
            path = data.spool / f"patrol-{number + 1}-1.parquet"
            path.write_bytes(content)
            theirs.append(peer(path, folder))
            ours.append(store.load(data, NOW).seconds)
    a, b = statistics.median(ours), statistics.median(theirs)
    print(f"入库 {ROWS} 条链接：load {a:.2f} 秒，DuckDB 批量插入 {b:.2f} 秒，比 {a / b:.2f}（目标 ≤ 2）")


if __name__ == "__main__":
    run()
