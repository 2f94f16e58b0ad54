"""A model can be measured as photos are cut."""

from __future__ import annotations

from importlib.resources import files

import cv2
import numpy as np

from live_seg.config import build
from live_seg.evaluation.candidate import find_candidates


def test_photo_before_a_models_name_measures_it_with_a_second_look() -> None:
    data = np.frombuffer((files("live_seg") / "assets" / "astronaut.webp").read_bytes(), np.uint8)
    near = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    far = np.full((1200, 1600, 3), 150, np.uint8)
    small = cv2.resize(near, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)  # smaller, and no look sees it
    far[-small.shape[0] :, 200 : 200 + small.shape[1]] = small
    live, photo = find_candidates(["person-int8", "photo:person-int8"], build({"engine": {"threads": 1}}))
    try:
        assert photo.name == "photo:person-int8"
        truth = cv2.resize(live.still(near), small.shape[1::-1], interpolation=cv2.INTER_AREA)
        off = [
            np.abs(one.still(far)[-small.shape[0] :, 200 : 200 + small.shape[1]].astype(int) - truth).mean()
            for one in (live, photo)
        ]
        assert off[1] < 0.8 * off[0]
    finally:
        live.close()
        photo.close()
