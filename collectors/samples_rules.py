"""Facts of the demonstration city that only some indicators look at: 办事指南 checks and a planned window."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from cockpit.clock import to_utc
from collectors.samples_city import SEED, Actor

Row = tuple[str, dict[str, Any]]
ELEMENTS = ("设定依据", "申请条件", "办理材料", "办理地点", "办理时间", "联系电话", "办理流程")
ITEMS = ("证照办理", "年度检验", "资质认定", "补贴申领", "备案登记", "变更登记")
POOR = {"RSJ": (4, 5, 1), "YBJ": (5, 0, 0), "SCJGJ": (4, 4, 4)}  # elements that the first guides lack


def guide_rows(cast: Sequence[Actor], last: date, at: datetime) -> Iterator[Row]:
    """Every unit that offers services had some of its guides checked a month ago."""
    for actor in cast:
        if actor.unit.unit_group != "dept_service" or not actor.unit.has_service:
            continue
        draw = random.Random(f"{SEED}:guide:{actor.key}")
        lacks = POOR.get(actor.key, (draw.choice((0, 0, 0, 1)),))
        for number, name in enumerate(ITEMS):
            count = lacks[number] if number < len(lacks) else 0
            yield (
                "service_guide",
                {
                    "measured_at": at,
                    "item_id": f"演示{actor.key}-S{number}",
                    "unit_code": actor.unit.unit_code,
                    "item_name": f"演示·{name}",
                    "missing": "、".join(ELEMENTS[:count]) or None,
                    "missing_count": count,
                    "needs_form": number % 2 == 0,
                    "has_form": number % 2 == 0 and not (count and number),
                    "checked_on": last - timedelta(days=30),
                    "note": "演示数据",
                },
            )


def windows(cast: Sequence[Actor], last: date) -> list[dict[str, Any]]:
    """One planned window: the visits of that night are not counted."""
    night = to_utc(datetime.combine(last - timedelta(days=2), time(0)))
    return [
        {
            "site_code": actor.site.site_code,
            "starts_at": night,
            "ends_at": night + timedelta(hours=6),
            "reason": "演示：机房停电检修",
            "approved_by": "值班领导",
            "note": "演示数据",
        }
        for actor in cast
        if actor.key == "JYJ" and actor.site
    ]
