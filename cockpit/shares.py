"""A share in percent, the same figure wherever it is told: on screens, in warnings, in exports."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal


def percent(
    share: float, threshold: float | None = None, digits: int = 1, *, higher_is_better: bool = True
) -> str:
    """0.98964 against 0.99 → 98.9%: within one display step of the threshold it is cut toward the worse side."""
    step = Decimal(10) ** -digits
    exact = Decimal(str(share)) * 100
    rounding = ROUND_HALF_UP
    if threshold is not None and abs(exact - Decimal(str(threshold)) * 100) <= step:
        rounding = ROUND_FLOOR if higher_is_better else ROUND_CEILING
    return f"{exact.quantize(step, rounding)}%"
