"""The window and the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from live_seg.cli.checks.check import Check, State
from live_seg.errors import cure_of_import
from live_seg.sinks.screen import screen_problem


def check_screen(problem: Callable[[], str] = screen_problem) -> Iterator[Check]:
    """Whether a window can be opened."""
    try:
        import cv2
    except ImportError as error:
        cure = cure_of_import(error) or "pip install --force-reinstall opencv-python"
        yield Check("window", State.FAILED, f"OpenCV cannot be loaded: {error}", cure, needed=True)
        return
    gui = next((line.split(":")[1].strip() for line in cv2.getBuildInformation().splitlines() if "GUI:" in line), "")
    if gui in ("", "NONE"):
        cure = "pip uninstall --yes opencv-python-headless && pip install --force-reinstall opencv-python"
        yield Check("window", State.FAILED, "this OpenCV is built without windows", cure)
        return
    why = problem()
    if why:
        yield Check("window", State.ABSENT, why, "Without one: live-seg --no-window --virtual-camera, or --output FILE")
    else:
        yield Check("window", State.OK, f"OpenCV {cv2.__version__}, {gui}")


def check_encoder() -> Iterator[Check]:
    """Whether H.264 files can be written: one picture is."""
    import io

    try:
        import av

        with av.open(io.BytesIO(), "w", format="mp4") as container:
            stream = container.add_stream("libx264", rate=30)
            stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
            packets = stream.encode(av.VideoFrame(64, 64, "yuv420p")) + stream.encode(None)
            container.mux(packets)
        text = f"H.264 by PyAV {av.__version__}, FFmpeg {av.ffmpeg_version_info}"
        yield Check("file", State.OK, text)
    except Exception as error:  # noqa: BLE001  # what FFmpeg raises is often of a class of its own
        yield Check("file", State.FAILED, f"no H.264 file can be written: {error}", "pip install --force-reinstall av")
