"""A module that stands in for onnxruntime, and falls back to the CPU in silence as the real one does."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

import numpy as np


class FakeOptions:
    """Keeps what was asked for."""

    def __init__(self) -> None:
        self.sizes: dict[str, int] = {}
        self.entries: dict[str, str] = {}

    def add_free_dimension_override_by_name(self, name: str, length: int) -> None:
        self.sizes[name] = length

    def add_session_config_entry(self, name: str, value: str) -> None:
        self.entries[name] = value


class FakeOnnxRuntime:
    """`really` is what sessions run on, whatever is asked; `prints` goes to the process's standard error meanwhile."""

    def __init__(self, really: str, prints: str = "", available: tuple[str, ...] = ()) -> None:
        self.really = really
        self.prints = prints
        self.available = [*available, "CPUExecutionProvider"]
        self.sessions: list[dict[str, Any]] = []
        self.preloaded = 0
        self.SessionOptions = FakeOptions

    def get_available_providers(self) -> list[str]:
        return self.available

    def preload_dlls(self) -> None:
        self.preloaded += 1
        os.write(1, b"Failed to load libcublas.so.13\n")  # the real one, too, says so on the standard output

    def InferenceSession(self, file: Any, options: FakeOptions, providers: list[Any], enable_fallback: int) -> Any:  # noqa: N802
        self.sessions.append(
            {"file": file, "options": options, "providers": providers, "enable_fallback": enable_fallback}
        )
        os.write(2, self.prints.encode())
        height, width = options.sizes["height"], options.sizes["width"]
        return SimpleNamespace(
            get_providers=lambda: [self.really, "CPUExecutionProvider"],
            get_inputs=lambda: [SimpleNamespace(name="image")],
            get_outputs=lambda: [SimpleNamespace(name="logits")],
            run=lambda names, feed: [np.zeros((1, 1, height, width), np.float16)],
        )
