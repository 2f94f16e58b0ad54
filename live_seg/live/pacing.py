"""The governor at work in the loop: counts and times the mattes, asks it each second, says what it does."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from live_seg.config import Config
from live_seg.engines.onnxruntime import core_count, thread_count
from live_seg.errors import EngineError
from live_seg.frame import Clock, Frame, Size
from live_seg.live.governor import OLD, Governor, Rung, Sample, ladder
from live_seg.models import Network

log = logging.getLogger("live_seg")

_PERIOD_S = 1.0


class Pacing:
    """Tells for each frame whether the network has to look, and how closely.

    Parameters
    ----------
    config
        Parts `governor`, `guard`, `engine`, and the source's frame rate where no other is wanted.
    network
        A smaller input is loaded in a thread of its own, and used when it is ready.
    clock, cpu
        Seconds that pass, and seconds of CPU time that the process took.
    """

    def __init__(self, config: Config, network: Network, clock: Clock, cpu: Clock = time.process_time) -> None:
        self._network = network
        self._clock, self._cpu = clock, cpu
        limits = replace(config.governor, target_fps=config.governor.target_fps or config.source.fps)
        self._cores = core_count()
        rungs = ladder(limits.target_fps, config.guard.max_age_ms)
        self._governor = Governor(limits, rungs, self._cores, thread_count(config.engine))
        self._most_age_s = OLD * config.guard.max_age_ms / 1e3
        self.share = 1.0
        self.text = ""
        self._since_look = 0
        self._looked_at_s = 0.0
        self._rested = True
        self._last_index: int | None = None
        self._loading: threading.Thread | None = None
        self._begin()

    def is_looking_due(self, frame: Frame) -> bool:
        """Whether the network has to look at the frame: also where a camera gives fewer frames than was reckoned with,
        as many do in the dark, and following would hand the guard mattes that are too old.
        """
        is_old = not 0 <= frame.time - self._looked_at_s <= self._most_age_s
        return self._rested or is_old or self._since_look + 1 >= self._governor.rung.stride

    def looked(self, frame: Frame, seconds: float) -> None:
        """The network has looked at the frame, which took so long."""
        self._since_look, self._rested = 0, False
        self._looked_at_s = frame.time
        self._looks += 1
        self._look_s += seconds

    def followed(self, seconds: float) -> None:
        """The matte was moved along."""
        self._since_look += 1
        self._follows += 1
        self._follow_s += seconds

    def kept(self) -> None:
        """Nothing moved. What moves next is looked at: the matte may be too old to follow it."""
        self._rested = True

    def rest(self) -> None:
        """Mattes are made in another way meanwhile: what they take does not count."""
        self._rested, self._last_index = True, None
        self._begin()

    def frame(self, frame: Frame, input_size: Callable[[float], Size]) -> None:
        """A frame has its matte, however it came.

        Parameters
        ----------
        frame
            Its index counts those that were dropped.
        input_size
            Size of the network's input at a share of its area.
        """
        step = 1 if self._last_index is None else frame.index - self._last_index
        self._last_index = frame.index
        self._made += 1
        self._given += step if step > 0 else 1
        seconds = self._clock() - self._start_s
        if seconds < _PERIOD_S:
            return
        was_loading = self._loading is not None
        if self._loading and not self._loading.is_alive():
            self._loading = None
        if not was_loading and self._governor.tick(self._sample(seconds)):
            self._change(input_size)
        self.text = self._said(input_size(self.share))
        self._begin()

    def close(self) -> None:
        """Waits for what is being loaded: a runtime that loads while the program ends brings it down."""
        if self._loading:
            self._loading.join()

    def _begin(self) -> None:
        self._start_s, self._start_cpu_s = self._clock(), self._cpu()
        self._looks = self._follows = self._given = self._made = 0
        self._look_s = self._follow_s = 0.0

    def _sample(self, seconds: float) -> Sample:
        return Sample(
            seconds,
            self._cpu() - self._start_cpu_s,
            self._given,
            self._made,
            self._looks,
            self._look_s / max(1, self._looks),
            self._follow_s / max(1, self._follows),
        )

    def _change(self, input_size: Callable[[float], Size]) -> None:
        rung = self._governor.rung
        log.info("governor: %s", self._said(input_size(rung.share)))
        if rung.share == self.share:
            return
        self._loading = threading.Thread(target=self._load, args=(rung, input_size(rung.share)), daemon=True)
        self._loading.start()

    def _load(self, rung: Rung, size: Size) -> None:
        try:
            self._network.load(size)
            self.share = rung.share
        except EngineError as error:  # the size that runs goes on running
            log.warning("governor: %s", error)

    def _said(self, size: Size) -> str:
        """`network on every 2nd frame at 288x160; 30 FPS, 48% of 2 cores`."""
        stride = self._governor.rung.stride
        often = "every frame" if stride == 1 else f"every {stride}{({2: 'nd', 3: 'rd'}).get(stride, 'th')} frame"
        cores = f"{self._cores} core{'s' * (self._cores != 1)}"
        return f"network on {often} at {size}; {self._governor.fps:.0f} FPS, {self._governor.load:.0%} of {cores}"
