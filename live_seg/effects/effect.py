"""What an effect is, and the registry of effects."""

from __future__ import annotations

from typing import Protocol, cast

from live_seg.config import Config
from live_seg.frame import Alpha, Halved, Image, Size
from live_seg.registry import Registry


class Effect(Protocol):
    """Makes a picture of an image and its alpha. Made as `cls(config)`.

    To write your own, copy `replace.py`: one class, its `__call__` a function of its arguments alone
    but for buffers and a background that plays.

    Raises `UsageError` when made, if the configuration names a file that cannot be used.

    Attributes
    ----------
    makes_alpha
        True if its pictures are BGRA: a file then holds alpha from its first picture on, also if that one is hidden.
    """

    makes_alpha: bool

    def __call__(self, image: Image, alpha: Alpha, out: Image | None = None) -> Image:
        """The picture.

        Parameters
        ----------
        image
            uint8 (H, W, 3), BGR; not written to.
        alpha
            uint8 (H, W), 255 = person; not written to.
        out
            Where to write, uint8 of the result's shape; made anew if None or of another shape.

        Returns
        -------
        Image
            uint8 (H, W, 3) BGR, or (H, W, 4) BGRA with straight alpha.
        """

    def warm(self, size: Size) -> None:
        """Makes buffers and loads what is needed for frames of this size, before the first one comes."""

    def at(self, time_s: float, lossless: bool) -> None:
        """Told before each picture which time it belongs to; only effects in which something plays need it.

        Parameters
        ----------
        time_s
            `Frame.time`.
        lossless
            True if the result must depend on the times alone: wait for what is due, however long it takes.
        """

    def see(self, halved: Halved | None) -> None:
        """Told before each picture what was halved already of an image; only effects that shrink it need that.

        Parameters
        ----------
        halved
            Of the next image if `halved.image` is that very array; else of no use.
        """


class EffectBase:
    """Effects that need no preparation and in which nothing plays have nothing more to write than `__call__`."""

    makes_alpha = False

    def warm(self, size: Size) -> None:
        """Needs nothing."""

    def at(self, time_s: float, lossless: bool) -> None:
        """Nothing plays."""

    def see(self, halved: Halved | None) -> None:
        """Nothing is shrunk."""


class LastHalved:
    """What was halved of the image that comes next, for an effect that shrinks it."""

    def __init__(self) -> None:
        self._halved: Halved | None = None

    def see(self, halved: Halved | None) -> None:
        """See `Effect.see`."""
        self._halved = halved

    def of(self, image: Image) -> Image | None:
        """That image after some halvings; None if none of it is known. Held no longer than until it is asked for."""
        halved, self._halved = self._halved, None
        return halved.small if halved and halved.image is image else None


effects: Registry[Effect] = Registry("effect", "live_seg.effects")
"""blur, replace, transparent, and those of other packages."""


class EffectClass(Protocol):
    """How an effect is made."""

    def __call__(self, config: Config) -> Effect:
        """Raises `UsageError` if the configuration names a file that cannot be used."""


def open_effect(config: Config) -> Effect:
    """The effect that `effect.name` names.

    Raises
    ------
    UsageError
        If there is none of that name, or what it needs is missing.
    """
    name = config.effect.name
    with effects.making(name):
        return cast(EffectClass, effects.get(name))(config)
