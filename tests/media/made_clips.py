"""Small media files, made at test time."""

from fractions import Fraction

import av
import numpy as np

from live_seg.frame import Image, Size

SMALL = Size(64, 48)
PAL = Fraction(25)

_layouts = {1: "mono", 2: "stereo"}


def picture_of(index: int, size: Size = SMALL) -> Image:
    """Grey that says its index, also after encoding: `index_of` reads it back."""
    return np.full((size.height, size.width, 3), 20 + 8 * (index % 26), np.uint8)


def index_of(image: Image) -> int:
    return round((float(image.mean()) - 20) / 8)


def make_clip(
    path, count=10, size=SMALL, rate=PAL, times=None, sound=None, codec="libx264", pixels="yuv420p", *, channels=1
):
    """A video of `picture_of(0…)`; `times` in 1/1000 s makes its rate variable; `sound` is (codec, sample rate).

    Of two `channels` only the left one has the tones, so that a mixture of both is noticed.
    """
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, options={"crf": "10", "g": "12"} if codec == "libx264" else {})
        stream.width, stream.height = size
        stream.pix_fmt = pixels
        if times:
            stream.codec_context.time_base = Fraction(1, 1000)
        track = container.add_stream(sound[0], rate=sound[1], layout=_layouts[channels]) if sound else None
        for index in range(count):
            frame = av.VideoFrame.from_ndarray(picture_of(index, size), format="bgr24")
            frame.pts = times[index] if times else index
            frame.time_base = Fraction(1, 1000) if times else 1 / Fraction(rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if track:
            _beep(container, track, sound[1], channels, count / rate)
    return path


def _beep(container, track, rate, channels, seconds):
    """Silence, and a tone in the second half of every second; on the right silence alone."""
    step = 1024
    layout = _layouts[channels]
    resampler = av.AudioResampler(
        track.codec_context.format, layout, rate, frame_size=track.codec_context.frame_size or step
    )
    for start in range(0, int(seconds * rate), step):
        time_s = (start + np.arange(step)) / rate
        tone = np.sin(2 * np.pi * 880 * time_s) * 0.5 * (time_s % 1 >= 0.5)
        tones = np.zeros((channels, step), np.float32)
        tones[0] = tone
        frame = av.AudioFrame.from_ndarray(tones, format="fltp", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        for part in resampler.resample(frame):
            container.mux(track.encode(part))
    for part in resampler.resample(None):
        container.mux(track.encode(part))
    container.mux(track.encode(None))


def turn(path, degrees):
    """Writes a rotation into an MP4's track header, as phones do: clockwise degrees to be shown upright."""
    cosine, sine = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[degrees]
    data = bytearray(path.read_bytes())
    matrix = data.index(b"tkhd") + 4 + 40  # version 0: 40 bytes of other fields before it
    numbers = [cosine, sine, 0, -sine, cosine, 0, 0, 0]
    for place, number in enumerate(numbers):
        data[matrix + 4 * place : matrix + 4 * place + 4] = (number * 65536).to_bytes(4, "big", signed=True)
    path.write_bytes(bytes(data))
    return path


def onsets_s(path):
    """When the tones begin in a file's sound, in seconds on the file's time line."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler("flt", "mono", 48_000)
        loud = np.zeros(48_000 * 20, np.float32)
        for frame in container.decode(stream):
            for part in resampler.resample(frame):
                place = round(frame.time * 48_000)
                samples = part.to_ndarray()[0]
                samples = samples[max(0, -place) :]
                loud[max(0, place) : max(0, place) + len(samples)] = samples
    level = np.abs(loud).reshape(-1, 96).max(1) > 0.1
    return [float(place * 96 / 48_000) for place in np.flatnonzero(level[1:] & ~level[:-1]) + 1]
