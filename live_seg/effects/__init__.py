"""One file an effect."""

from live_seg.effects.effect import Effect, EffectBase, effects, open_effect

__all__ = ["Effect", "EffectBase", "effects", "open_effect"]
