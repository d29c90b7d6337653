"""Detectors: pure functions from HTML or text to observations. No I/O, no clock, no store."""
