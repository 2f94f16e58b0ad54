"""For the CI machine only: declares two operators that torchvision asks for beside a torch without CUDA.

The torchvision wheel there is linked against CUDA and cannot load its compiled part; importing it then fails
on the first missing operator. Nothing of ours calls them; they only have to have a name. They are declared
at the moment torchvision is imported, so that no other program loads torch because of this file.
"""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec


class BeforeTorchvision(MetaPathFinder):
    """Finds nothing; sees that torchvision is about to be imported."""

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        """Declares the operators once, and leaves the finding to the others."""
        if name == "torchvision":
            sys.meta_path.remove(self)
            self.library = _declare()
            kept.append(self)
        return None


kept: list[BeforeTorchvision] = []
"""The declaration ends with its object, so the object is kept."""


def _declare() -> object:
    import torch  # noqa: PLC0415

    library = torch.library.Library("torchvision", "DEF")
    for operator in ("nms", "qnms"):
        library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    return library


sys.meta_path.insert(0, BeforeTorchvision())
