"""One run of the live app: opens what the configuration names, runs the loop, says how it went."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from types import FrameType, TracebackType
from typing import Self

from live_seg.config import Config
from live_seg.config.commands import Command
from live_seg.effects import effects, open_effect
from live_seg.errors import LiveSegError, SinkError, UsageError
from live_seg.frame import Size
from live_seg.live.pipeline import Pipeline
from live_seg.live.statistics import Statistics
from live_seg.matting import Choice, choose
from live_seg.sinks import Sink, Stream, open_sink
from live_seg.sinks.file import holds_alpha
from live_seg.sources import open_source
from live_seg.sources.address import meaning
from live_seg.sources.paced import Paced
from live_seg.sources.reopening import reopening

log = logging.getLogger("live_seg")


class Session:
    """Everything that one run holds open; closed in the right order whatever happens."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._stack = ExitStack()
        self._signal = 0
        open_effect(config)  # a wrong name or a missing file is said before anything opens
        meaning(config.source.camera)
        _refuse_own_input(config)
        _refuse_lost_alpha(config)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def run(self, look: Callable[[Config], Config | None]) -> int:
        """Opens source, network and sinks, runs until the end, and returns the exit code."""
        config = self._config
        shown = config.window.show or config.virtual_camera.show
        with ThreadPoolExecutor(1, "load") as loader:
            network = self._load(loader, Size.parse(config.source.size))
            source = reopening(open_source(config, time.monotonic, repeat=shown), config)
            self._stack.callback(source.close)
            lossless = not source.live and (bool(config.output.file) or not shown)
            log.info("%s: %s at %.4g FPS", source.name, source.size, source.fps)
            for note in source.notes:
                log.warning("%s", note)
            commands: SimpleQueue[Command] = SimpleQueue()
            statistics = Statistics()
            stream = Stream(
                source.size,
                source.fps or config.source.fps,
                lossless,
                sound_from=_sound_from(config),
                control=commands.put,
                status=statistics.lines,
                effects=effects.names(),
            )
            outputs = self._open_sinks(stream)
            if not source.live and any(sink.watched for sink in outputs):
                source = Paced(source, time.monotonic, stamped=not lossless)
            pipeline = Pipeline(config, source, lambda size: network.result(), lossless, commands, statistics)
            with self._signals(pipeline):
                started = time.monotonic()
                pipeline.run(outputs, look)
        for sink in outputs:
            count = pipeline.statistics.count(sink.name)
            log.info("%s: %d pictures in %.1f s", sink.name, count, time.monotonic() - started)
        return 128 + self._signal if self._signal and lossless else 0

    def _load(self, loader: ThreadPoolExecutor, size: Size) -> Future[Choice]:
        """Loads the network while the source opens: that is half of the time to the first picture."""
        future = loader.submit(choose, self._config.engine, size)

        def release() -> None:
            if not future.cancel() and not future.exception():
                future.result().network.close()

        self._stack.callback(release)
        return future

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

    @contextlib.contextmanager
    def _signals(self, pipeline: Pipeline) -> Iterator[None]:
        """Ctrl-C, SIGTERM and a closed terminal end the loop cleanly; a second Ctrl-C ends the process at once.

        A second signal within a second counts for nothing: shells and `timeout` send one to the process and its group.
        """
        first_s = 0.0

        def handle(number: int, frame: FrameType | None) -> None:
            nonlocal first_s
            if self._signal and time.monotonic() - first_s > 1:
                os._exit(128 + number)
            if not self._signal:
                self._signal, first_s = number, time.monotonic()
                pipeline.stop()

        names = ("SIGINT", "SIGTERM", "SIGHUP")  # the last is not on Windows
        numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
        before = {number: signal.signal(number, handle) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _sound_from(config: Config) -> str:
    camera = config.source.camera
    return camera if config.output.sound and Path(camera).is_file() else ""


def _refuse_own_input(config: Config) -> None:
    written = Path(config.output.file)
    inputs = [Path(config.source.camera)]
    if config.effect.name == "replace":
        inputs.append(Path(config.replace.background))
    if config.output.file and written.exists() and any(read.is_file() and read.samefile(written) for read in inputs):
        raise UsageError(f"{config.output.file} is what is read", "Write to another file.")


def _refuse_lost_alpha(config: Config) -> None:
    file = config.output.file
    if config.effect.name == "transparent" and file and not holds_alpha(file):
        raise UsageError(
            f"{file} cannot hold transparency",
            'Write .webm, .mov or .png, or take a green screen: --replace "#00b140".',
        )
