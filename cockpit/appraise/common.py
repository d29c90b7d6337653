"""One cause behind findings of several sites: mend it once and all of them are gone.

The same dead or hidden address on several sites, one dead host of a supplier, one broken path of a shared template,
one wrong wording copied everywhere. A finding belongs to the first cause that fits; a cause spans at least two sites.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

Finding = Mapping[str, Any]
SITES = 2  # sites that make a cause a common one
TEMPLATE_SITES, TEMPLATE_PAGES = 3, 5  # a path of each site's own: on more sites, on many pages of each


@dataclass(frozen=True)
class Cause:
    """One common cause. findings: of every site it shows on; `rule` is a key of WHAT."""

    rule: str
    key: str
    findings: tuple[Finding, ...]

    @property
    def sites(self) -> int:
        return len({f["site_code"] for f in self.findings})

    @property
    def places(self) -> int:
        return sum(f["places"] or 1 for f in self.findings)

    @property
    def id(self) -> str:
        return f"{self.rule} {self.key}"


WHAT: Mapping[str, tuple[str, str]] = MappingProxyType(  # rule → its name, what to do once
    {
        "hidden": ("同一暗链目标", "多半是同一模板或同一组件被植入，请建站单位统一清除并查明来路"),
        "address": ("同一失效地址", "各站链向同一地址，请统一替换或删除"),
        "host": ("同一失效主机", "该主机停用或迁移，请联系其主管单位或供应商，统一替换"),
        "template": ("同一模板路径", "各站同一位置都打不开，请建站单位改一处模板"),
        "wording": ("同一表述错误", "同一文字在多站出现，请改稿件源头或模板"),
    }
)


def _host(f: Finding) -> str:
    return (urlsplit(f["target"] or "").hostname or "").lower()


def _is_own(f: Finding) -> bool:
    own = (urlsplit(f["site_url"] or "").hostname or "").lower()
    return _host(f) in {"", own}


def _path(f: Finding) -> str | None:
    parts = urlsplit(f["target"] or "")
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    many = (f["places"] or 1) >= TEMPLATE_PAGES
    return path if many and _is_own(f) and path not in {"", "/"} else None


def _is_link(f: Finding) -> bool:
    return f["kind"].startswith("link.")


# Rule, key of a finding (None: it does not fit), sites needed. The order is the order of trying.
_RULES: tuple[tuple[str, Callable[[Finding], str | None], int], ...] = (
    ("hidden", lambda f: _host(f) or None if f["kind"].startswith("hidden.") else None, SITES),
    ("address", lambda f: f["target"] if _is_link(f) and not _is_own(f) else None, SITES),
    ("host", lambda f: _host(f) if _is_link(f) and not _is_own(f) else None, SITES),
    ("template", lambda f: _path(f) if _is_link(f) else None, TEMPLATE_SITES),
    ("wording", lambda f: f["text"] if f["kind"].startswith("wording.") else None, SITES),
)


def causes(findings: Iterable[Finding]) -> list[Cause]:
    """Common causes of open findings, those on most sites first."""
    left, out = list(findings), []
    for rule, key_of, needed in _RULES:
        groups: dict[str, list[Finding]] = {}
        for f in left:
            if key := key_of(f):
                groups.setdefault(key, []).append(f)
        made = [Cause(rule, key, tuple(found)) for key, found in groups.items() if _spans(found, needed)]
        out += made
        taken = {f["finding_id"] for cause in made for f in cause.findings}
        left = [f for f in left if f["finding_id"] not in taken]
    return sorted(out, key=lambda c: (-c.sites, -c.places, c.id))


def _spans(found: Sequence[Finding], needed: int) -> bool:
    return len({f["site_code"] for f in found}) >= needed


def explained(cause: Cause, warnings: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The open warnings that a cause is behind: of its findings, or of its sites in the same aspect."""
    ids = {f["finding_id"] for f in cause.findings}
    places = {(f["site_code"], f["aspect"]) for f in cause.findings}
    return [
        w
        for w in warnings
        if (w["finding_id"] in ids if w["finding_id"] else (w["site_code"], w["aspect"]) in places)
    ]
