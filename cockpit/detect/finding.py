"""One finding in a text. Offsets are code points of the original."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TextFinding:
    """kind as in the contract; severity critical|high|medium (alerts) or low (review only).

    `text` of a privacy finding is masked; `identity` is a digest of the original, for telling two leaks apart.
    """

    kind: str
    start: int
    end: int
    text: str
    suggestion: str | None
    severity: str
    confidence: float
    rule: str
    identity: str | None = None
