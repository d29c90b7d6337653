"""A small town of collected data for the tests of faults and of notifications: two units, their sites, one patrol, one week of visits."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta

from cockpit import pipeline, registry, store
from cockpit.paths import SHIPPED, DataDir

NOW = datetime(2026, 11, 23, 4)  # Monday noon in Beijing; 2026-W47 is over


def settle_town(data: DataDir) -> DataDir:
    """Registers, rules of its own, facts of a week, loaded."""
    register_town(data)
    batch = store.Batch(data, "patrol", "walk")
    for back in range(1, 8):
        for site in sites(data):
            see = {"measured_at": NOW - timedelta(days=back), "site_code": site}
            batch.add("coverage", **see, collector="probe", aspect="availability", ok=True, complete=True)
            for _ in range(24):
                batch.add("probe", **see, family="4", ok=True, measured=True, seconds=1.0)
        walk(data, batch, NOW - timedelta(days=back))
    batch.write(NOW)
    pipeline.load_all(data, NOW)
    return data


def register_town(data: DataDir) -> None:
    """Two units with a site each; rules, lexicon and calendar that may be changed."""
    shutil.copytree(SHIPPED / "registry", data.registry)
    for name in ("rules", "lexicon", "calendar"):
        shutil.copytree(SHIPPED / name, data.root / name)
    for name in ("units", "sites", "accounts", "channels"):
        path = data.registry / f"{name}.csv"
        lines = path.read_text("utf-8-sig").splitlines(keepends=True)
        kept = [x for x in lines[1:] if "ZFB" in x or "WGXLJ" in x] if name in {"units", "sites"} else []
        path.write_text("".join([lines[0], *kept]), "utf-8-sig")


def walk(data: DataDir, batch: store.Batch, at: datetime) -> None:
    """What a patrol sees of the town: every site with nine blank channels."""
    for site in sites(data):
        see = {"measured_at": at, "site_code": site}
        batch.add("coverage", **see, collector="patrol", aspect="channels", ok=True, complete=True)
        for number in range(9):
            batch.add(
                "sighting",
                **see,
                aspect="channels",
                kind="channel.blank",
                target=f"/{number}",
                severity="high",
            )


def sites(data: DataDir) -> list[str]:
    return [site.site_code for site in registry.load_register(data).sites]
