"""Which effects have a form as graph, and what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from live_seg.effects import Effect
from live_seg.effects.blur import Blur
from live_seg.effects.replace import Replace
from live_seg.effects.transparent import Transparent
from live_seg.frame import Image, Size
from live_seg.fused.blend import blend, cut_out, own_colours
from live_seg.fused.blur import blurred_room
from live_seg.fused.graph import Graph, Plane


class Form(Protocol):
    """An effect as graph. Two forms that are equal make equal graphs."""

    @property
    def channels(self) -> int:
        """Of the picture: 3, or 4 with alpha."""

    @property
    def takes_background(self) -> bool:
        """Whether a picture of the frame's size goes in beside the frame."""

    def build(self, graph: Graph, image: Plane, alpha: Plane, background: Plane | None) -> str:
        """Adds what makes the picture: whole levels (1, channels, H, W)."""


@dataclass(frozen=True, slots=True)
class BlurForm:
    """The room out of focus."""

    radius_px: float
    channels: int = 3
    takes_background: bool = False

    def build(self, graph: Graph, image: Plane, alpha: Plane, background: Plane | None) -> str:
        """See `Form`."""
        room = blurred_room(graph, image, alpha, self.radius_px)
        return blend(graph, image.name, alpha.name, room.name)


@dataclass(frozen=True, slots=True)
class ReplaceForm:
    """Another room. The picture itself goes in beside the frame, so that one graph serves them all."""

    channels: int = 3
    takes_background: bool = True

    def build(self, graph: Graph, image: Plane, alpha: Plane, background: Plane | None) -> str:
        """See `Form`."""
        assert background is not None
        return blend(graph, own_colours(graph, image, alpha), alpha.name, background.name)


@dataclass(frozen=True, slots=True)
class TransparentForm:
    """The person on nothing."""

    channels: int = 4
    takes_background: bool = False

    def build(self, graph: Graph, image: Plane, alpha: Plane, background: Plane | None) -> str:
        """See `Form`."""
        return cut_out(graph, own_colours(graph, image, alpha), alpha.name)


def form_of(effect: Effect) -> Form | None:
    """The effect's form as graph; None if it has none: one of another package, also if made from ours, or a video."""
    if type(effect) is Blur:
        return BlurForm(effect.radius_px)
    if type(effect) is Replace and effect.stands_still:
        return ReplaceForm()
    if type(effect) is Transparent:
        return TransparentForm()
    return None


def background_of(effect: Effect, size: Size) -> Image | None:
    """What goes into the effect's graph beside the frame, uint8 (H, W, 3); None for those that take nothing."""
    return effect.background(size) if type(effect) is Replace and effect.stands_still else None
