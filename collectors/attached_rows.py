"""What the attachments of a site become in the store, and what the store knew of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cockpit import store
from collectors.attached import Attached, Known

Findings = Mapping[tuple[str, str], list[dict[str, Any]]]
_KEPT = (
    "aspect",
    "kind",
    "target",
    "locator",
    "page_url",
    "severity",
    "confidence",
    "text",
    "excerpt",
    "suggestion",
    "rule",
    "places",
    "content_sha256",
    "place",
    "source_page",
    "detector_version",
    "snapshot_sha256",
)


def known(reader: store.Reader) -> dict[str, dict[str, Known]]:
    """Site → address → what the last patrol knew."""
    found: dict[str, dict[str, Known]] = {}
    for row in store.known_attachments(reader):
        values = {name: row[name] for name in Known.__dataclass_fields__}
        found.setdefault(row["site_code"], {})[row["url"]] = Known(**values)
    return found


def known_findings(reader: store.Reader) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """(site, address) → open findings in that attachment."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in store.attachment_findings(reader):
        found.setdefault((row["site_code"], row["page_url"]), []).append(row)
    return found


def rows(found: Sequence[Attached], common: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """One row an attachment, and how many of them were read."""
    if not found:
        return
    for a in found:
        yield (
            "attachment",
            {
                **common,
                **{name: getattr(a, name) for name in Known.__dataclass_fields__ if name != "measured_at"},
                "url": a.url,
                "source": a.source,
                "text": a.text,
            },
        )
    yield (
        "coverage",
        {
            **common,
            "collector": "patrol",
            "aspect": "attachments",
            "ok": True,
            "complete": all(a.cause != "budget_attachments" for a in found),
            "pages": len(found),
            "items": sum(a.state == "read" for a in found),
        },
    )


def sightings(site_code: str, found: Sequence[Attached], before: Findings) -> Iterator[dict[str, Any]]:
    """Findings of attachments read now; of the others those known before still hold, for nobody looked again."""
    for a in found:
        if a.fresh:
            yield from _fresh(a)
        else:
            for row in before.get((site_code, a.url), ()):
                yield {name: row[name] for name in _KEPT}


def _fresh(a: Attached) -> Iterator[dict[str, Any]]:
    seen: set[tuple[str, str, str]] = set()
    for hit in a.hits:
        f = hit.finding
        key = (f.kind, f.text, f.identity or a.url)
        if key in seen:
            continue
        seen.add(key)
        yield {
            "aspect": f.kind.split(".")[0],
            "kind": f.kind,
            "target": f.text,
            "locator": f.identity or a.url,
            "page_url": a.url,
            "severity": f.severity,
            "confidence": f.confidence,
            "text": f.text,
            "excerpt": hit.excerpt,
            "suggestion": f.suggestion,
            "rule": f.rule,
            "places": 1,
            "place": hit.place,
            "source_page": a.source,
            "content_sha256": a.content_sha256,
        }
