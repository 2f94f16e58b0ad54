"""The whole graph on a device: a frame in, the finished picture out."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from live_seg.closing import Closing
from live_seg.config.tree import Engine as EngineConfig
from live_seg.engines import engines
from live_seg.engines.onnxruntime import OnnxRuntimeEngine, what_failed
from live_seg.errors import EngineError
from live_seg.frame import Alpha, Image
from live_seg.fused.assemble import Recipe, assemble
from live_seg.fused.steady import NO_PAST
from live_seg.fused.tensors import Tensors

BUSY = threading.Lock()
"""Held while a session is made or a CUDA graph is recorded: ONNX Runtime records in a mode in which nobody else in the
process may allocate on the GPU meanwhile."""

_GRAPH_ID = "gpu_graph_id"
_UNRECORDED = "-1"
"""ONNX Runtime's word for a run that is neither recorded nor a replay."""


class Made(NamedTuple):
    """What the graph makes of a frame.

    Attributes
    ----------
    picture
        uint8 (H, W, 3 or 4); None if the recipe has no effect.
    alpha
        uint8 (H, W), 255 = person.
    confidence
        As of `Matte`.
    """

    picture: Image | None
    alpha: Alpha
    confidence: float


class FusedSession(Closing):
    """A recipe, loaded and proven by one run. Keeps the past between frames.

    The past lies on the device twice, and each run reads the one and writes the other. A CUDA graph is recorded for
    either direction; it holds the addresses.

    Parameters
    ----------
    recipe
        What to load.
    engine
        cpu, cuda or tensorrt.
    config
        Threads and device.

    Raises
    ------
    NoGraphForm
        If the recipe has no form as graph.
    EngineError
        If it does not load or run.
    """

    def __init__(self, recipe: Recipe, engine: str, config: EngineConfig) -> None:
        self.recipe = recipe
        self.engine = engine
        kind: Any = engines.get(engine)
        assert issubclass(kind, OnnxRuntimeEngine)
        self.device = kind.device_name(config)
        graph = assemble(recipe)
        with BUSY:
            self._session: Any = kind.open(graph, config, kind.graph_providers, {})
            runtime = kind.check()
            turns = range(2 if recipe.matting.steady else 1)
            self._records = bool(kind.records)
            self._recorded = [not self._records for _ in turns]
            self._background: Image | None = None
            with _told(self.device):
                self._tensors = Tensors(runtime, self._session, kind.memory, config.device)
                self._bindings = [self._bound(*self._names(turn)) for turn in turns]
                self._options = [_options(runtime, str(turn + 1)) for turn in turns]
                self._unrecorded = _options(runtime, _UNRECORDED)
                self.reset()
                self._prove()

    def __call__(self, image: Image, background: Image | None = None) -> Made:
        """The finished picture; frames of a stream must come in order, `reset` before another stream.

        Parameters
        ----------
        image
            uint8 (H, W, 3), BGR, of the recipe's size.
        background
            The same, if the form takes one; it is sent again only if it is another array.

        Raises
        ------
        EngineError
            If the runtime fails, or the network gave what is not a number.
        """
        with _told(self.device):
            return self._run(image, background)

    @property
    def is_recorded(self) -> bool:
        """Whether nothing is left to be recorded as CUDA graph."""
        return all(self._recorded)

    def reset(self) -> None:
        """Forgets the past."""
        self._turn = 0
        if not self.recipe.matting.steady:
            return
        shape = (1, 1, *self.recipe.small[::-1])
        with _told(self.device):
            self._tensors.put("past_alpha", np.zeros(shape, np.float32))
            self._tensors.put("past_grey", np.full(shape, NO_PAST, np.float32))

    def close(self) -> None:
        """Releases the session; may be called twice.

        On a GPU that fell out it is kept for good: ONNX Runtime's recordings throw where they are destroyed, if CUDA
        does not let go of them, and that ends the process.
        """
        if self._records and self._session is not None and not self._answers():
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._session))
        self._session = None
        self._bindings = []

    def _answers(self) -> bool:
        """Whether anything can still be copied from the device."""
        try:
            self._tensors.get("statistics")
        except Exception:  # noqa: BLE001  # the runtime raises a dozen undocumented types
            return False
        return True

    def _names(self, turn: int) -> tuple[dict[str, str], dict[str, str]]:
        """Inputs and outputs: the graph's name -> the tensor's. Past and new past change places each turn."""
        inputs = {item.name: item.name for item in self._session.get_inputs()}
        outputs = {item.name: item.name for item in self._session.get_outputs()}
        if turn:
            for what in ("alpha", "grey"):
                inputs[f"past_{what}"], outputs[f"new_{what}"] = f"new_{what}", f"past_{what}"
        return inputs, outputs

    def _bound(self, inputs: dict[str, str], outputs: dict[str, str]) -> Any:
        binding = self._session.io_binding()
        self._tensors.bind(binding, inputs, "input")
        self._tensors.bind(binding, outputs, "output")
        return binding

    def _prove(self) -> None:
        """Runs once, on black, without recording."""
        black = np.zeros((self.recipe.size.height, self.recipe.size.width, 3), np.uint8)
        takes = self.recipe.form is not None and self.recipe.form.takes_background
        self._send(black, black if takes else None)
        self._session.run_with_iobinding(self._bindings[0], self._unrecorded)
        self._made()

    def _run(self, image: Image, background: Image | None) -> Made:
        self._send(image, background)
        turn = self._turn
        if self._recorded[turn] or not BUSY.acquire(blocking=False):
            options = self._options[turn] if self._recorded[turn] else self._unrecorded
            self._session.run_with_iobinding(self._bindings[turn], options)
        else:
            try:
                self._session.run_with_iobinding(self._bindings[turn], self._options[turn])
                self._recorded[turn] = True
            finally:
                BUSY.release()
        self._turn = (turn + 1) % len(self._bindings)
        return self._made()

    def _send(self, image: Image, background: Image | None) -> None:
        self._tensors.put("frame", image)
        if background is not None and background is not self._background:
            self._tensors.put("background", background)
            self._background = background

    def _made(self) -> Made:
        confidence, level = self._tensors.get("statistics")
        if not np.isfinite(level):
            raise EngineError("the network gave what is not a number", "Try --engine cpu.")
        picture = self._tensors.get("picture") if self.recipe.form else None
        return Made(picture, self._tensors.get("alpha"), float(confidence))


def _options(runtime: Any, graph: str) -> Any:
    options = runtime.RunOptions()
    options.add_run_config_entry(_GRAPH_ID, graph)
    return options


@contextmanager
def _told(device: str) -> Iterator[None]:
    """Whatever the runtime raises becomes an `EngineError`."""
    try:
        yield
    except EngineError:
        raise
    except Exception as error:  # noqa: BLE001  # the runtime raises a dozen undocumented types
        what = f"the graph on {device} failed: {what_failed(error)}"
        raise EngineError(what, "Try --engine cpu, or --set engine.fused=never.") from None
