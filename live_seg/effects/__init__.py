"""One file an effect."""

from live_seg.effects.effect import Effect, effects, open_effect

__all__ = ["Effect", "effects", "open_effect"]
