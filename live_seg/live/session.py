"""One run of the loop: opens what the configuration names, runs, says how it went; for the app and the page."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from live_seg.config import Config
from live_seg.config.commands import Command
from live_seg.effects import effects, open_effect
from live_seg.errors import LiveSegError, SinkError, UsageError
from live_seg.frame import Size
from live_seg.fused.matter import serving
from live_seg.live.pipeline import Look, Pipeline
from live_seg.live.statistics import Statistics
from live_seg.matting import Choice, choose
from live_seg.media.file import named
from live_seg.sinks import Sink, Stream, open_sink
from live_seg.sinks.file import holds_alpha
from live_seg.sinks.picture_writer import writes_over
from live_seg.sources import open_source
from live_seg.sources.address import meaning
from live_seg.sources.paced import Paced
from live_seg.sources.reopening import reopening

log = logging.getLogger("live_seg")

_SLICE_S = 0.1
"""How long the end of a run may wait for a wait."""


class Session:
    """Everything that one run holds open; closed in the right order whatever happens.

    Parameters
    ----------
    config
        Says what is opened; checked at once as far as that opens nothing.

    Attributes
    ----------
    pipeline, outputs, lossless
        The loop, what it feeds, and whether every frame counts; there after `open`.
    """

    pipeline: Pipeline
    outputs: list[Sink]
    lossless: bool

    def __init__(self, config: Config) -> None:
        self._config = config
        self._stack = ExitStack()
        self._has_alpha = open_effect(config).makes_alpha  # a wrong name is said before anything opens
        _refuse_own_input(config)
        if self._has_alpha:
            _refuse_lost_alpha(config.output.file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def open(self) -> None:
        """Opens source and sinks, while the network is loaded.

        Raises
        ------
        LiveSegError
            If the source, or every sink, cannot be opened.
        """
        config = self._config
        shown = config.window.show or config.virtual_camera.show or "page" in config.output.also
        network = self._load(Size.parse(config.source.size))
        source = reopening(open_source(config, time.perf_counter, repeat=shown), config)
        self._stack.callback(source.close)
        self.lossless = not source.live and (bool(config.output.file) or not shown)
        log.info("%s: %s at %.4g FPS", source.name, source.size, source.fps)
        for note in source.notes:
            log.warning("%s", note)
        commands: SimpleQueue[Command] = SimpleQueue()
        statistics = Statistics()
        stream = Stream(
            source.size,
            source.fps or config.source.fps,
            self.lossless,
            sound_from=_sound_from(config),
            control=commands.put,
            status=statistics.lines,
            effects=effects.names(),
            has_alpha=self._has_alpha,
        )
        self.outputs = self._open_sinks(stream)
        if not source.live and (not self.lossless or any(sink.watched for sink in self.outputs)):
            source = Paced(source, time.perf_counter, self._wait, stamped=not self.lossless)
        self.pipeline = Pipeline(config, source, self._loads(network), self.lossless, commands, statistics)

    def run(self, look: Look) -> None:
        """Runs the loop until its end; see `Pipeline.run`.

        Raises
        ------
        LiveSegError
            As `Pipeline.run`; at the end of a file, too, if not one picture could be shown.
        """
        started = time.perf_counter()
        self.pipeline.run(self.outputs, look)
        for sink in self.outputs:
            count = self.pipeline.statistics.count(sink.name)
            log.info("%s: %d pictures in %.1f s", sink.name, count, time.perf_counter() - started)
        if self.lossless:
            self._tell_hidden()

    def _tell_hidden(self) -> None:
        """Nobody watched a file being written: what is missing in it is said at the end."""
        statistics = self.pipeline.statistics
        hidden, every = statistics.hidden_count, max(statistics.count(sink.name) for sink in self.outputs)
        if hidden and hidden >= every:
            raise LiveSegError(f"every picture is hidden: {statistics.hidden or 'as said above'}")
        if hidden:
            log.warning("%d of %d pictures are hidden, for what is said above", hidden, every)

    def _wait(self, seconds: float) -> None:
        """Waits for a frame's time; less if the run is to end: in a video of slides the next one is minutes away."""
        until = time.perf_counter() + seconds
        while not self.pipeline.is_stopping and (left := until - time.perf_counter()) > 0:
            time.sleep(min(left, _SLICE_S))

    def _load(self, size: Size) -> Future[Choice]:
        """Loads the network while the source opens: that is half of the time to the first picture."""
        loader = self._stack.enter_context(ThreadPoolExecutor(1, "load"))
        future = loader.submit(lambda: choose(serving(self._config.engine), size))

        def release() -> None:
            if not future.cancel() and not future.exception():
                future.result().network.close()

        self._stack.callback(release)
        return future

    def _loads(self, first: Future[Choice]) -> Callable[[Size], Choice]:
        """Gives what was loaded at the start, and later, when that works no more, what works then."""
        chosen: list[Choice] = []

        def load(size: Size) -> Choice:
            chosen.append(choose(serving(self._config.engine), size) if chosen else first.result())
            self._stack.callback(chosen[-1].network.close)
            return chosen[-1]

        return load

    def _open_sinks(self, stream: Stream) -> list[Sink]:
        config = self._config
        wanted = {
            "window": config.window.show,
            "virtual_camera": config.virtual_camera.show,
            "file": bool(config.output.file),
        }
        names = [name for name, is_wanted in wanted.items() if is_wanted]
        names = [*names, *config.output.also] or ["null"]
        opened: list[Sink] = []
        failed: list[LiveSegError] = []
        for name in names:
            try:
                sink = open_sink(name, config, stream)
                self._stack.callback(sink.close)
                opened.append(sink)
            except SinkError as error:
                failed.append(error)
        if not opened:
            raise failed[0]
        for failure in failed:
            log.warning("%s", failure)
        return opened


def _file_that_is_read(config: Config) -> Path | None:
    """The video or picture that stands in for a camera."""
    kind, rest = meaning(config.source.camera.strip())
    return named(rest) if kind in ("video", "picture") else None


def _sound_from(config: Config) -> str:
    file = _file_that_is_read(config)
    return str(file) if file and config.output.sound else ""


def _refuse_own_input(config: Config) -> None:
    inputs = [_file_that_is_read(config)]
    if config.effect.name == "replace":
        inputs.append(named(config.replace.background))
    written = Path(config.output.file).expanduser()
    if config.output.file and any(read and writes_over(written, read) for read in inputs):
        raise UsageError(f"{config.output.file} is what is read", "Write to another file.")


def _refuse_lost_alpha(file: str) -> None:
    if file and not holds_alpha(file):
        raise UsageError(
            f"{file} cannot hold transparency",
            'Write .webm, .mov or .png, or take a green screen: --replace "#00b140".',
        )
