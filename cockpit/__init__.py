"""Core of the 政务公开数据驾驶舱: storage, detectors, judgement, reports and the parts of the screens."""

__version__ = "0.1.0"
