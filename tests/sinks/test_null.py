import numpy as np

from live_seg.config import Config
from live_seg.frame import Frame, Size
from live_seg.sinks import Stream
from live_seg.sinks.null import NullSink


def test_it_counts_pictures():
    sink = NullSink(Config(), Stream(Size(2, 2), 30.0, lossless=False))
    picture = np.zeros((2, 2, 3), np.uint8)
    for index in range(5):
        sink.write(picture, Frame(picture, index, float(index)))
    assert sink.count == 5
