"""`make demo`: the demonstration city is served on loopback and really collected, loaded and scored.

Two nights are collected, because a link that answers 500 or hangs is dead only when a second patrol agrees.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

from cockpit import clock
from cockpit.paths import CHECKOUT, DataDir, data_dir
from cockpit.registry.files import write_tables
from cockpit.registry.sheets import ACCOUNTS, CHANNELS, SITES, UNITS
from tests.sites.city import City, hosts_text, running_city

SECONDS = "3"


def prepare(data: DataDir, city: City) -> None:
    """Mark the folder as demonstration and write the register and hosts file of the city."""
    data.mark_demo()
    units = [
        {
            "unit_code": c,
            "unit_name": n,
            "unit_group": g,
            "has_service": g != "dept_other",
            "sort_order": i * 10,
        }
        for i, (c, n, g) in enumerate(city.units, 1)
    ]
    sites = [
        {
            "site_code": c,
            "site_name": n,
            "unit_code": u,
            "url": url,
            "site_id_code": code,
            "verified": True,
            "state": "active",
            "site_kind": "department",
            "note": "演示数据",
        }
        for c, n, u, url, code in city.sites
    ]
    write_tables(data.registry, {UNITS: units, SITES: sites, CHANNELS: [], ACCOUNTS: []})
    (data.root / "hosts").write_text(hosts_text(city), encoding="utf-8")


def run(data: DataDir, moment: datetime, *words: str) -> None:
    """Run one command of the project on the city; part of the city cannot be reached, so 1 is expected too."""
    local = clock.to_local(moment).isoformat(timespec="seconds")
    command = [sys.executable, "-m", *words, "--data", str(data.root), "--as-of", local]
    if words[0] == "collectors":
        command += ["--allow-private", "--hosts", str(data.root / "hosts")]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("COCKPIT_")}
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, check=False)
    if done.returncode not in {0, 1}:
        raise SystemExit(f"演示中断：{' '.join(words)} 退出码 {done.returncode}")


def collect(data: DataDir, now: datetime, *, quiet: bool = False) -> None:
    """Two nights of patrol and a week of probes, then everything else once, loaded."""
    flags = ("--quiet",) if quiet else ()
    for night in (now - timedelta(days=1), now):
        run(data, night, "collectors", "patrol", "--seconds", SECONDS, *flags)
        run(data, night, "cockpit", "load")
    for collector in ("probe", "ipv6", "certificate"):
        run(data, now, "collectors", collector, *flags)
    run(data, now, "cockpit", "load")


def fresh(path: Path) -> DataDir:
    """An empty demonstration folder; refuses to empty anything that is not one."""
    data = data_dir(path)
    if data.root.exists() and not data.is_demo and any(data.root.iterdir()):
        raise SystemExit(f"{data.root} 不是演示目录，没有清空。请换一个目录")
    shutil.rmtree(data.root, ignore_errors=True)
    return data


def main() -> None:
    parser = argparse.ArgumentParser(prog="make demo")
    parser.add_argument("--data", type=Path, required=True)
    args = parser.parse_args()
    now = clock.now()
    today: date = clock.local_day(now)
    with running_city(today) as city:
        data = fresh(args.data)
        prepare(data, city)
        print(
            f"演示小城已在本机开启：{len(city.sites)} 个网站，端口 {city.web.port}。开始真实采集 ……",
            flush=True,
        )
        collect(data, now)
        run(data, now, "cockpit", "score", "--week", clock.week_of(now))
    print("采集、入库、计分完成。演示数据，不得用于考核。", flush=True)


if __name__ == "__main__":
    main()
