"""From a frame to its matte."""

from live_seg.matting.choice import Choice, choose
from live_seg.matting.matter import Matter

__all__ = ["Choice", "Matter", "choose"]
