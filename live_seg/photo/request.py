"""What is to be made of a photo."""

from __future__ import annotations

from dataclasses import dataclass

from live_seg.config.tree import Blur
from live_seg.frame import Image


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """What stands behind the subject, and how much of the picture is kept.

    Attributes
    ----------
    background
        Empty: nothing, the result has an alpha. A colour such as `#00b140`. The word `blur`. The path of a picture;
        whoever takes requests from others must not pass their paths on. Or the picture itself, uint8 (H, W, 3) BGR.
    blur_px
        Standard deviation of the blur at 720 lines; other sizes in proportion.
    crop
        Keep only the subject and a little room round it.
    matte
        The matte alone, as a grey picture: 255 = subject. Any background is without effect.
    """

    background: str | Image = ""
    blur_px: float = Blur().radius_px
    crop: bool = False
    matte: bool = False

    @property
    def is_transparent(self) -> bool:
        """Nothing stands behind the subject."""
        return isinstance(self.background, str) and not self.background

    @property
    def is_blur(self) -> bool:
        """The blurred room stands behind the subject."""
        return isinstance(self.background, str) and self.background == "blur"

    @property
    def needs_picture(self) -> bool:
        """A colour or a picture stands behind the subject."""
        return not self.is_transparent and not self.is_blur
