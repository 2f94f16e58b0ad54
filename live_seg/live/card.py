"""The card that stands in for the camera: paused, looked for, not yet there."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from live_seg.frame import Image, Size

_BACKGROUND = (48, 40, 36)
_FOREGROUND = (220, 216, 212)


@lru_cache(maxsize=4)
def card(size: Size, text: str) -> Image:
    """uint8 (H, W, 3): a text on a dark ground, wrapped and scaled to fit. The array is shared: do not write to it."""
    picture = np.full((size.height, size.width, 3), _BACKGROUND, np.uint8)
    scale = max(0.3, min(size) / 480)
    thickness = max(1, round(scale * 1.6))
    lines = _wrap(text, size.width * 0.9, scale, thickness)
    line_height = round(40 * scale)
    top = (size.height - line_height * len(lines)) // 2
    for number, line in enumerate(lines):
        (width, height), _ = cv2.getTextSize(line, cv2.FONT_HERSHEY_SIMPLEX, scale, thickness)
        corner = ((size.width - width) // 2, top + line_height * number + (line_height + height) // 2)
        cv2.putText(picture, line, corner, cv2.FONT_HERSHEY_SIMPLEX, scale, _FOREGROUND, thickness, cv2.LINE_AA)
    picture.flags.writeable = False
    return picture


def _wrap(text: str, width: float, scale: float, thickness: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and cv2.getTextSize(longer, cv2.FONT_HERSHEY_SIMPLEX, scale, thickness)[0][0] > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
