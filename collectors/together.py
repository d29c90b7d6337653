"""`python -m collectors all`: probe, patrol, ipv6 and certificate, one after another."""

from __future__ import annotations

import argparse

from collectors import certificate, ipv6, patrol, probe

ORDER = (probe, patrol, ipv6, certificate)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    patrol.add_arguments(parser)


def main(args: argparse.Namespace) -> int:
    """Run all; the exit code is the worst of them."""
    return max(collector.main(args) for collector in ORDER)
