"""A unit with one site for the stories of warnings and scores: facts are written as collectors write them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from cockpit import store
from cockpit.appraise import warnings
from cockpit.paths import DataDir

START = datetime(2026, 11, 1, 17, 30)  # 2 November, 01:30 in Beijing
ASPECTS = ("links", "hidden", "channels", "tags", "wording", "privacy")
REGISTER: dict[str, list[dict[str, Any]]] = {
    "unit": [
        {"unit_code": c, "unit_name": f"{c}局", "unit_group": "dept_service", "sort_order": n}
        for n, c in enumerate(("u1", "u2", "u3"))
    ],
    "site": [
        {
            "site_code": f"s{n}",
            "site_name": f"{n}网",
            "unit_code": f"u{n}",
            "url": f"http://s{n}/",
            "site_id_code": f"360599000{n}",
            "state": "active",
        }
        for n in (1, 2)
    ],
}


class Story:
    """Tells days one after another; every `night` is a patrol of both sites, loaded with the warnings refreshed."""

    def __init__(self, data: DataDir) -> None:
        self.data = data
        self.day = -1

    @property
    def at(self) -> datetime:
        return START + timedelta(days=self.day)

    @property
    def today(self) -> date:
        return (self.at + timedelta(hours=8)).date()

    def night(
        self,
        *,
        home_age: int | None = 1,
        blank: int = 0,
        dead: int = 0,
        slips: tuple[str, ...] = (),
        seen: bool = True,
    ) -> None:
        """One patrol: site s1 as told, site s2 always in order."""
        self.day += 1
        batch = store.Batch(self.data, "patrol", f"night-{self.day}")
        for site in ("s1", "s2"):
            good = site == "s2"
            ok = good or seen
            for aspect in ASPECTS:
                batch.add(
                    "coverage",
                    measured_at=self.at,
                    collector="patrol",
                    aspect=aspect,
                    site_code=site,
                    ok=ok,
                    complete=ok,
                    cause=None if ok else "timeout",
                )
            if not ok:
                continue
            age = 1 if good else home_age
            if age is not None:
                latest = self.today - timedelta(days=age)
                batch.add(
                    "channel_check",
                    measured_at=self.at,
                    site_code=site,
                    url=f"http://{site}/",
                    channel_type="home",
                    latest=latest,
                    items=9,
                    state="fresh",
                    period_days=14,
                )
            if good:
                continue
            for n in range(blank):
                self._see(batch, "channels", "channel.blank", f"/c{n}", "high")
            for n in range(dead):
                self._see(batch, "links", "link.dead", f"/d{n}", "medium")
            for word in slips:
                self._see(batch, "wording", "wording.formulation", word, "critical")
        batch.write(self.at)
        store.load(self.data, self.at, register=REGISTER, after_merge=warnings.refresh)

    def _see(self, batch: store.Batch, aspect: str, kind: str, target: str, severity: str) -> None:
        batch.add(
            "sighting",
            measured_at=self.at,
            aspect=aspect,
            kind=kind,
            site_code="s1",
            target=target,
            text=target,
            severity=severity,
            places=1,
        )

    def probes(self, failed: int, visits: int = 160) -> None:
        """A week of visits before now, `failed` of them not opened."""
        batch = store.Batch(self.data, "probe", f"probe-{self.day}")
        for n in range(visits):
            at = self.at - timedelta(hours=n + 1)
            bad = n < failed
            batch.add(
                "probe",
                measured_at=at,
                site_code="s1",
                family="4",
                ok=not bad,
                measured=True,
                cause="timeout" if bad else None,
                seconds=15.0 if bad else 1.0,
            )
        batch.write(self.at)
        store.load(self.data, self.at, register=REGISTER, after_merge=warnings.refresh)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        with store.reader(self.data) as reader:
            return reader.rows(sql)

    def warning(self, indicator: str) -> dict[str, Any] | None:
        found = self.rows(f"SELECT * FROM warning WHERE indicator_id = '{indicator}' AND site_code = 's1'")
        return found[0] if found else None
