"""Readers of the layouts that data sets come in, each a function from a folder to its samples."""

from live_seg.training.readers.catalog import READERS, read, read_all, read_unpaired
from live_seg.training.readers.check import Report, check

__all__ = ["READERS", "Report", "check", "read", "read_all", "read_unpaired"]
