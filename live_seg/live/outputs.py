"""All sinks: each with its own thread and handover, so that a slow or dead one does not touch the others."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

import cv2
import numpy as np

from live_seg.effects.blend import blend
from live_seg.errors import SinkLost
from live_seg.frame import Clock, Frame, Image
from live_seg.live.handover import Closed, Handover, Lossless, Newest
from live_seg.live.statistics import Statistics
from live_seg.sinks import Sink

log = logging.getLogger("live_seg")

Released = tuple[Image, Frame]

_GREEN = (64, 177, 0)
"""BGR of #00b140, the chroma green: what stands for nothing in sinks without alpha, so that others can key it out."""

_SLICE_S = 0.2
"""How long the second Ctrl-C, which ends the process, may have to wait."""


def ended(thread: threading.Thread) -> None:
    """Waits for a thread's end, in slices: on Windows no Ctrl-C is answered within a wait that has no end."""
    while thread.is_alive():
        thread.join(_SLICE_S)


class Output:
    """One sink, fed by a handover. A main-thread sink is served by `serve`, the others by a thread of their own."""

    def __init__(self, sink: Sink, lossless: bool, statistics: Statistics, clock: Clock) -> None:
        self.sink = sink
        self.lost: SinkLost | None = None
        self.told = False
        self._statistics = statistics
        self._clock = clock
        self.handover: Handover[Released] = Lossless() if lossless and not sink.main_thread else Newest()
        self._thread = threading.Thread(target=self._loop, name=f"sink {sink.name}", daemon=True)
        self.done = threading.Event()

    def start(self) -> None:
        """Starts the sink's thread."""
        if not self.sink.main_thread:
            self._thread.start()

    def serve(self) -> None:
        """Takes the newest picture to a main-thread sink, and lets it see to its events."""
        if self.done.is_set():
            return
        try:
            self._take(self.handover.get(0))
            self.sink.pump()
        except Closed:
            self.done.set()
        except (Exception, SystemExit) as error:  # noqa: BLE001  # a sink of another package may raise anything
            self._lose(error)

    def end(self) -> None:
        """Waits until all is written, and closes the sink."""
        self.handover.close()
        ended(self._thread)
        self.sink.close()
        self.done.set()

    def _loop(self) -> None:
        try:
            while True:
                self._take(self.handover.get(1))
        except Closed:
            pass
        except (Exception, SystemExit) as error:  # noqa: BLE001
            self._lose(error)
        finally:
            self.done.set()

    def _take(self, released: Released | None) -> None:
        if released is None:
            return
        picture, frame = released
        start = self._clock()
        self.sink.write(picture, frame)
        self._statistics.took(self.sink.name, self._clock() - start)
        self._statistics.shown(self.sink.name, frame.time, self._clock())

    def _lose(self, error: BaseException) -> None:
        log.debug("sink %s", self.sink.name, exc_info=error)
        what = f"{self.sink.name}: {str(error) or type(error).__name__}"
        self.lost = error if isinstance(error, SinkLost) else SinkLost(what)
        self.done.set()
        self.handover.cancel()


class Outputs:
    """What the guard puts pictures into."""

    def __init__(self, sinks: Sequence[Sink], lossless: bool, statistics: Statistics, clock: Clock) -> None:
        self._outputs = [Output(sink, lossless, statistics, clock) for sink in sinks]

    def put(self, picture: Image, frame: Frame) -> None:
        """Hands a picture to every sink that is alive, in the channels that it takes."""
        opaque: Image | None = None
        for output in self._outputs:
            if output.done.is_set():
                continue
            fitting = picture
            if picture.shape[2] == 4 and not output.sink.takes_alpha:
                opaque = fitting = over_green(picture) if opaque is None else opaque
            try:
                output.handover.put((fitting, frame))
            except Closed:
                continue

    def start(self) -> None:
        """Starts the sinks' threads."""
        for output in self._outputs:
            output.start()

    def serve(self) -> bool:
        """Serves the main-thread sinks; False once every sink is done."""
        for output in self._outputs:
            if output.sink.main_thread:
                output.serve()
        if all(output.done.is_set() for output in self._outputs):
            return False  # what was lost last is told or raised by `end`
        self._tell_losses()
        return True

    def close_intake(self) -> None:
        """No more pictures will come."""
        for output in self._outputs:
            output.handover.close()

    def end(self) -> None:
        """Waits until all is written, and closes every sink, also if one of them fails.

        Raises
        ------
        SinkLost
            If no sink was left to write to.
        """
        failed: Exception | None = None
        for output in self._outputs:
            try:
                output.end()
            except Exception as error:  # noqa: BLE001
                failed = failed or error
        if not failed and self._outputs and all(output.lost for output in self._outputs):
            last = min(self._outputs, key=lambda output: output.told)
            last.told, failed = True, last.lost
        self._tell_losses()
        if failed:
            raise failed

    def _tell_losses(self) -> None:
        for output in self._outputs:
            if output.lost and not output.told:
                output.told = True
                log.error("%s", output.lost)

    @property
    def need_main_thread(self) -> bool:
        """Whether a sink is served by `serve`."""
        return any(output.sink.main_thread for output in self._outputs)

    @property
    def dropped(self) -> dict[str, int]:
        """Pictures that were replaced before the sink took them, by the sink's name."""
        return {output.sink.name: output.handover.dropped for output in self._outputs}


def over_green(picture: Image) -> Image:
    """uint8 (H, W, 3) of a BGRA picture laid over chroma green."""
    green = np.full((*picture.shape[:2], 3), _GREEN, np.uint8)
    person: Image = cv2.cvtColor(picture, cv2.COLOR_BGRA2BGR)  # type: ignore[assignment]
    return blend(person, picture[..., 3], green)
