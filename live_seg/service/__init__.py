"""What pages and bots share: one model in memory behind a bounded queue."""

from live_seg.service.desk import Busy, Desk, NothingFound

__all__ = ["Busy", "Desk", "NothingFound"]
