"""Where on a file's time line a picture belongs."""

from __future__ import annotations

from fractions import Fraction

_near_s = 0.001
"""MKV and others keep whole milliseconds: times that close to n / fps mean n / fps."""


_first_frame_s = 60.0
"""A file's first frame comes in its first minute; later times are a clock's, of frames that were shown meanwhile."""


def start_in_file_s(time_s: float) -> float:
    """Where in its file the first picture is: its `Frame.time`, or 0 if that is a clock's."""
    return time_s if time_s < _first_frame_s else 0.0


class Timeline:
    """Gives pictures their places, always rising.

    Lossless: picture n belongs at n / fps exactly, unless its own time (of a file with a variable rate) says
    otherwise; so the rate stays what it was, and sound stays with its picture. Live: `Frame.time` alone decides.

    Parameters
    ----------
    fps
        Frames a second; 29.97002997 is known to be 30000/1001.
    lossless
        True if every frame of a file comes exactly once.

    Attributes
    ----------
    rate
        `fps` as a fraction.
    time_base
        Seconds of one tick.
    frame_ticks
        Ticks of one frame at that rate.
    """

    def __init__(self, fps: float, lossless: bool) -> None:
        self.rate = Fraction(fps).limit_denominator(1001)
        if self.rate <= 0:
            self.rate = Fraction(1, 1000)
        # At least 90,000 ticks a second, and a whole number of them in a frame.
        ticks = -(-90_000 // self.rate.numerator)
        self.time_base = Fraction(1, self.rate.numerator * ticks)
        self.frame_ticks = self.rate.denominator * ticks
        self._lossless = lossless
        self._count = 0
        self._first_s = 0.0
        self._is_counted = False
        self._last = 0

    def place(self, time_s: float) -> int:
        """Ticks from the first picture to the one of this time, which is `Frame.time`."""
        if not self._count:
            self._first_s = time_s
            self._is_counted = self._lossless and time_s != start_in_file_s(time_s)
        passed_s = time_s - self._first_s
        ticks = round(passed_s / self.time_base)
        if self._is_counted or (self._lossless and abs(passed_s - float(self._count / self.rate)) <= _near_s):
            ticks = self._count * self.frame_ticks
        if self._count and ticks <= self._last:  # times that stand still or go back
            ticks = self._last + (self.frame_ticks if self._lossless else 1)
        self._count += 1
        self._last = ticks
        return ticks

    def seconds(self, ticks: int) -> float:
        """Ticks as seconds."""
        return float(ticks * self.time_base)

    @property
    def end_s(self) -> float:
        """Where the last picture ends, in seconds from the first one."""
        return self.seconds(self._last + self.frame_ticks) if self._count else 0.0
