"""Drawn persons whose mask is known."""

from __future__ import annotations

import cv2
import numpy as np


def figure(number: int, height: int = 96, width: int = 80) -> tuple[np.ndarray, np.ndarray]:
    """A head and shoulders in a colour of its own before a textured wall, and the mask."""
    random = np.random.default_rng(number)
    wall = cv2.resize(random.integers(90, 200, (6, 6, 3), dtype=np.uint8), (width, height))
    mask = np.zeros((height, width), np.uint8)
    middle = width // 2 + int(random.integers(-8, 8))
    cv2.ellipse(mask, (middle, height), (width // 3, height // 3), 0, 0, 360, 255, -1)
    cv2.circle(mask, (middle, height // 2), height // 7, 255, -1)
    image = np.where(mask[:, :, None] > 0, np.array([30, 40, 200 + number % 5 * 10], np.uint8), wall)
    return image.astype(np.uint8), mask
