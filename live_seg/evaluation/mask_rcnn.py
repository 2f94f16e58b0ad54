"""torchvision's Mask R-CNN as a candidate, where torchvision's own operators run."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from live_seg.errors import EngineError
from live_seg.frame import Alpha, Image

_PERSON = 1
_SURE = 0.5


class MaskRcnn:
    """Mask R-CNN (He et al. 2017) with torchvision's COCO weights: all persons that it is sure of, in one matte.

    Raises
    ------
    EngineError
        If torchvision is missing, was built for another torch, or its weights cannot be had.
    """

    name = "mask-rcnn"

    def __init__(self) -> None:
        try:
            self._torch: Any = importlib.import_module("torch")
            detection: Any = importlib.import_module("torchvision.models.detection")
            operators: Any = importlib.import_module("torchvision.ops")
            operators.nms(self._torch.zeros(1, 4), self._torch.zeros(1), 0.5)
            network = detection.maskrcnn_resnet50_fpn_v2(weights="DEFAULT")
        except (ImportError, RuntimeError, NotImplementedError, OSError) as error:
            reason = str(error).strip().splitlines()[0].split(". ")[0].rstrip(".")
            raise EngineError(
                f"Mask R-CNN does not run here: {reason}",
                "It needs torch and torchvision built for each other, and its weights from the network.",
            ) from None
        self._network = network.eval()

    def still(self, image: Image) -> Alpha:
        """Matte of a single picture."""
        torch = self._torch
        rgb = np.ascontiguousarray(image[:, :, ::-1])
        with torch.inference_mode():
            found = self._network([torch.from_numpy(rgb).permute(2, 0, 1).float() / 255])[0]
        persons = (found["labels"] == _PERSON) & (found["scores"] >= _SURE)
        if not persons.any():
            return np.zeros(image.shape[:2], np.uint8)
        matte = found["masks"][persons, 0].amax(0).numpy()
        return np.asarray(np.rint(matte * 255), np.uint8)

    def frame(self, image: Image) -> Alpha:
        """Matte of the next frame; it has no memory."""
        return self.still(image)

    def reset(self) -> None:
        """Nothing to forget."""

    def close(self) -> None:
        """Nothing to release."""
