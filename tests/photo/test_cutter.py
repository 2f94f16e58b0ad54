"""A photo and a request become what was asked for; the engine is the stand-in with an ellipse in the middle."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from live_seg.errors import UsageError
from live_seg.frame import Frame, Image, Matte, Size
from live_seg.matting.region import Box
from live_seg.photo import Cutter, Photo, Request, read_photo, write_photo
from live_seg.photo.cutter import _roomy


@pytest.fixture(scope="module")
def cutter() -> Iterator[Cutter]:
    with Cutter(engine="fixed") as made:
        yield made


@pytest.fixture
def image() -> Image:
    return np.random.default_rng(0).integers(60, 200, (480, 640, 3), np.uint8)


MIDDLE, CORNER = (240, 320), (2, 2)


def test_without_a_background_the_subject_stands_on_nothing(cutter: Cutter, image: Image) -> None:
    made = cutter(Photo(image))
    assert made.alpha is not None
    assert (made.alpha[MIDDLE], made.alpha[CORNER]) == (255, 0)
    assert np.array_equal(made.image[MIDDLE], image[MIDDLE])
    assert not made.image[CORNER].any()  # nothing of the room below the alpha
    assert not made.is_empty


def test_a_colour_stands_behind_the_subject(cutter: Cutter, image: Image) -> None:
    made = cutter(Photo(image), Request("#ff8000"))
    assert made.alpha is None
    assert tuple(made.image[CORNER]) == (0, 128, 255)
    assert np.array_equal(made.image[MIDDLE], image[MIDDLE])


def test_a_picture_stands_behind_the_subject_by_its_path_or_as_an_array(
    cutter: Cutter, image: Image, tmp_path: Path
) -> None:
    beach = np.full((30, 40, 3), (10, 20, 30), np.uint8)
    file = tmp_path / "beach.png"
    file.write_bytes(write_photo(beach, "png"))
    by_path, by_array = cutter(Photo(image), Request(str(file))), cutter(Photo(image), Request(beach))
    assert tuple(by_path.image[CORNER]) == (10, 20, 30)
    assert np.array_equal(by_path.image, by_array.image)


def test_a_stronger_blur_is_smoother_and_the_subject_stays_sharp(cutter: Cutter, image: Image) -> None:
    weak, strong = (cutter(Photo(image), Request("blur", blur_px=px)).image for px in (2, 40))
    assert strong[:40, :40].std() < weak[:40, :40].std() < image[:40, :40].std()
    assert np.array_equal(strong[MIDDLE], image[MIDDLE])


def test_the_matte_alone_is_grey(cutter: Cutter, image: Image) -> None:
    own = np.full(image.shape[:2], 255, np.uint8)
    made = cutter(Photo(image, own, profile=b"of colours"), Request(matte=True))
    assert made.image.shape == image.shape[:2]
    assert made.alpha is None
    assert (made.image[MIDDLE], made.image[CORNER]) == (255, 0)
    assert made.profile is None


@pytest.mark.parametrize("request_", [Request(crop=True), Request("blur", crop=True), Request(crop=True, matte=True)])
def test_cropped_to_the_subject_nothing_of_it_is_lost(cutter: Cutter, image: Image, request_: Request) -> None:
    whole, made = cutter(Photo(image), Request(matte=True)).image, cutter(Photo(image), request_)
    assert made.size.width < 0.6 * 640
    assert 400 < made.size.height <= 480
    if made.alpha is not None:
        assert made.alpha.astype(int).sum() > 0.999 * whole.astype(int).sum()


@given(st.integers(1, 99), st.integers(1, 99), st.integers(0, 98), st.integers(0, 98))
def test_the_room_round_a_crop_lies_in_the_picture(width: int, height: int, left: int, top: int) -> None:
    box = Box(min(left, width - 1), min(top, height - 1), width, height)
    for size in (Size(width, height), Size(width + 1, height + 50)):
        wide = _roomy(box, size)
        assert 0 <= wide.left <= box.left < box.right <= wide.right <= size.width
        assert 0 <= wide.top <= box.top < box.bottom <= wide.bottom <= size.height


def test_a_cropped_blurred_photo_keeps_its_own_transparency_in_its_place(cutter: Cutter, image: Image) -> None:
    own = np.full(image.shape[:2], 255, np.uint8)
    own[:, ::2] = 0
    made = cutter(Photo(image, own), Request("blur", crop=True))
    assert made.alpha is not None
    assert made.alpha.shape == made.image.shape[:2]
    assert np.array_equal(np.unique(made.alpha), [0, 255])


def test_what_is_transparent_in_the_photo_stays_so(cutter: Cutter, image: Image) -> None:
    own = np.full(image.shape[:2], 255, np.uint8)
    own[:, 320:] = 0
    cut = cutter(Photo(image, own))
    assert cut.alpha is not None
    assert (cut.alpha[240, 300], cut.alpha[240, 340]) == (255, 0)
    blurred = cutter(Photo(image, own), Request("blur"))
    assert blurred.alpha is not None
    assert np.array_equal(blurred.alpha, own)
    assert tuple(cutter(Photo(image, own), Request("#00ff00")).image[240, 340]) == (0, 255, 0)


@pytest.mark.parametrize(
    "request_", [Request(), Request("blur"), Request("#00ff00")], ids=["nothing", "blur", "a colour"]
)
def test_what_lies_below_transparent_pixels_is_seen_nowhere(cutter: Cutter, image: Image, request_: Request) -> None:
    own = np.full(image.shape[:2], 255, np.uint8)
    own[:, 320:] = 0  # through the subject's middle
    seen = []
    for hidden in (0, 255):
        image[own == 0] = hidden
        made = cutter(Photo(image, own), request_)
        shown = made.image.astype(int)
        shown[(np.full_like(own, 255) if made.alpha is None else made.alpha) == 0] = 0
        seen.append(shown)
    assert np.abs(seen[0] - seen[1]).max() <= 3


def test_a_soft_edge_that_was_cut_out_before_keeps_its_colours(cutter: Cutter, image: Image) -> None:
    image[:] = (40, 90, 200)
    own = np.zeros(image.shape[:2], np.uint8)
    own[100:380, 200:440] = 255
    own = np.asarray(cv2.GaussianBlur(own, (0, 0), 8), np.uint8)
    image[own == 0] = 0
    made = cutter(Photo(image, own))
    assert made.alpha is not None
    edge = (own > 0) & (own < 255) & (made.alpha > 0)
    assert np.array_equal(np.unique(made.image[edge], axis=0), [[40, 90, 200]])


def test_what_is_transparent_in_a_background_is_white_as_in_the_live_picture(
    cutter: Cutter, image: Image, tmp_path: Path
) -> None:
    glass = np.zeros((30, 40, 4), np.uint8)
    file = tmp_path / "glass.png"
    file.write_bytes(write_photo(glass, "png"))
    assert tuple(cutter(Photo(image), Request(str(file))).image[CORNER]) == (255, 255, 255)


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (2000, 5), (37, 41)])
def test_a_picture_of_any_shape_is_cut_at_its_size(cutter: Cutter, shape: tuple[int, int]) -> None:
    made = cutter(Photo(np.full((*shape, 3), 99, np.uint8)), Request("blur"))
    assert made.image.shape == (*shape, 3)


def test_the_photo_is_not_written_to(cutter: Cutter, image: Image) -> None:
    before = image.copy()
    image.flags.writeable = False
    for request in (Request(), Request("blur"), Request("#fff"), Request(crop=True)):
        cutter(Photo(image), request)
    assert np.array_equal(image, before)


@pytest.mark.parametrize("request_", [Request(), Request("blur"), Request("#fff"), Request(matte=True)])
def test_a_matte_that_is_known_is_not_written_to(cutter: Cutter, image: Image, request_: Request) -> None:
    matte = np.full(image.shape[:2], 9, np.uint8)
    matte.flags.writeable = False
    cutter.compose(Photo(image), matte, request_)


def test_the_network_works_for_one_thread_at_a_time_and_is_closed_at_the_end(image: Image) -> None:
    second, together, closed = threading.Event(), [], []
    with Cutter(engine="fixed") as cutter:
        matter = cutter._matter

        class Slow:
            count = 0

            def __call__(self, frame: Frame) -> Matte:
                self.count += 1
                if self.count == 2:
                    second.set()
                else:
                    together.append(second.wait(0.2))
                return matter(frame)

            def close(self) -> None:
                matter.close()
                closed.append(True)

        cutter._matter = Slow()  # type: ignore[assignment]
        threads = [threading.Thread(target=cutter.matte, args=(Photo(image),)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert together == [False]
    assert closed == [True]


@pytest.mark.parametrize(
    ("background", "message"),
    [("beach", "is no background"), ("beach.jpg", "there is no file"), ("#12", "is not a colour")],
)
def test_a_background_that_cannot_be_used_is_one_line(
    cutter: Cutter, image: Image, background: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        cutter(Photo(image), Request(background))
    assert "\n" not in str(caught.value)


def test_after_a_background_that_cannot_be_used_the_one_before_does_not_stand_in_for_it(
    cutter: Cutter, image: Image
) -> None:
    cutter(Photo(image), Request("#00ff00"))
    for _ in range(2):
        with pytest.raises(UsageError, match="there is no file"):
            cutter(Photo(image), Request("beach.jpg"))


@pytest.mark.parametrize("array", [np.zeros((4, 4, 3), np.float32), np.zeros((4, 4), np.uint8)], ids=["floats", "grey"])
def test_an_array_that_is_no_picture_is_no_background(cutter: Cutter, image: Image, array: Image) -> None:
    with pytest.raises(UsageError, match="is no picture"):
        cutter(Photo(image), Request(array))


def test_too_many_threads_are_refused_as_everywhere() -> None:
    with pytest.raises(UsageError, match="threads"):
        Cutter(engine="fixed", threads=100_000)


def test_profile_and_tags_go_with_the_picture(cutter: Cutter, image: Image) -> None:
    photo = read_photo(write_photo(image, "png"))
    made = cutter(Photo(photo.image, profile=b"colours", tags=photo.tags))
    assert (made.profile, made.tags) == (b"colours", photo.tags)
