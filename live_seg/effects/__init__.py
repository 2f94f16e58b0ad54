"""One file an effect."""

from live_seg.effects.effect import Effect, effects

__all__ = ["Effect", "effects"]
