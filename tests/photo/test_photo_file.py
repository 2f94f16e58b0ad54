"""What a file holds comes in whole and upright, and goes out with what must survive."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageCms

from live_seg.errors import UsageError
from live_seg.photo import Limits, Photo, Unreadable, read_photo, write_photo

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def picture(width: int = 40, height: int = 24, mode: str = "RGB") -> Pillow.Image:
    """Four corners of four colours."""
    image = np.zeros((height, width, 3), np.uint8)
    image[: height // 2, : width // 2] = (255, 0, 0)
    image[: height // 2, width // 2 :] = (0, 255, 0)
    image[height // 2 :, : width // 2] = (0, 0, 255)
    image[height // 2 :, width // 2 :] = (255, 255, 255)
    return Pillow.fromarray(image).convert(mode)


def saved(image: Pillow.Image, kind: str = "PNG", **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)  # type: ignore[arg-type]
    return stream.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM"])
def test_a_lossless_file_comes_in_as_it_is(kind: str) -> None:
    expected = np.asarray(picture())[..., ::-1]
    assert np.array_equal(read_photo(saved(picture(), kind)).image, expected)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF", "GIF"])
def test_other_kinds_come_in_nearly_so(kind: str) -> None:
    expected = np.asarray(picture(160, 96))[..., ::-1].astype(int)
    found = read_photo(saved(picture(160, 96), kind)).image
    assert np.abs(found - expected).mean() < 6


@pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK", "LA", "RGBA", "I;16", "YCbCr", "PA"])
def test_every_mode_becomes_bgr_of_8_bits(mode: str) -> None:
    kind = "TIFF" if mode in ("CMYK", "YCbCr") else "PNG"
    grey = picture().convert("L")
    image = Pillow.fromarray(np.asarray(grey).astype(np.uint16) * 257) if mode == "I;16" else picture(mode="RGBA")
    if mode == "PA":
        image = image.quantize(8)
    elif mode != "I;16":
        image = (image.convert("RGB") if mode in ("CMYK", "YCbCr", "P", "1", "L") else image).convert(mode)
    found = read_photo(saved(image, kind))
    assert found.image.dtype == np.uint8
    assert found.image.shape == (24, 40, 3)
    assert found.alpha is None
    assert found.image[20, 36].min() > 250  # white stays white
    expected = np.asarray(grey).astype(int) if mode in ("L", "LA", "I;16") else None
    if expected is not None:
        assert np.abs(found.image[..., 0] - expected).max() <= 1


def test_alpha_comes_in_beside_the_colours_and_goes_out_again() -> None:
    image = picture(mode="RGBA")
    image.putalpha(Pillow.linear_gradient("L").resize(image.size))
    photo = read_photo(saved(image))
    assert photo.alpha is not None
    assert np.array_equal(photo.alpha, np.asarray(image)[..., 3])
    again = read_photo(write_photo(photo, "png"))
    assert np.array_equal(again.image, photo.image)
    assert again.alpha is not None
    assert np.array_equal(again.alpha, photo.alpha)


def png_with_key(width: int, bits: int, kind: int, row: bytes, key: bytes, palette: bytes = b"") -> bytes:
    """A row of pixels, of which those of one colour (or some of the palette) are transparent."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, 1, bits, kind, 0, 0, 0))
    colours = chunk(b"PLTE", palette) if palette else b""
    rows = chunk(b"IDAT", zlib.compress(b"\0" + row))
    return b"\x89PNG\r\n\x1a\n" + header + colours + chunk(b"tRNS", key) + rows + chunk(b"IEND", b"")


def grey_tiff(bits: int, white_is_0: bool, pixels: bytes) -> bytes:
    """Two pixels."""
    fields = [(256, 2), (257, 1), (258, bits), (259, 1), (262, int(not white_is_0)), (273, 122), (277, 1), (278, 1)]
    entries = b"".join(struct.pack("<HHII", tag, 3, 1, value) for tag, value in [*fields, (279, len(pixels))])
    return b"II*\0" + struct.pack("<IH", 8, 9) + entries + struct.pack("<I", 0) + pixels


@pytest.mark.parametrize(
    ("bits", "white_is_0", "pixels", "expected"),
    [
        (16, False, b"\0\0\xff\xff", [0, 255]),
        (16, True, b"\0\0\xff\xff", [255, 0]),
        (12, False, b"\x00\x08\x00", [0, 128]),
        (12, False, b"\xff\xf0\x00", [255, 0]),
        (8, True, b"\x00\xff", [255, 0]),
    ],
)
def test_grey_of_more_bits_is_as_bright_as_its_file_says(
    bits: int, white_is_0: bool, pixels: bytes, expected: list[int]
) -> None:
    assert read_photo(grey_tiff(bits, white_is_0, pixels)).image[0, :, 0].tolist() == expected


RGB16 = struct.pack(">9H", 40_000, 0, 0, 0, 40_000, 0, 0, 0, 9)


@pytest.mark.parametrize(
    ("file", "alpha"),
    [
        (png_with_key(2, 8, 2, b"\xff\0\0\0\0\xff", b"\0\xff\0\0\0\0"), [0, 255]),
        (png_with_key(3, 16, 2, RGB16, RGB16[:6]), [0, 255, 255]),
        (png_with_key(4, 1, 0, b"\xa0", b"\0\1"), [0, 255, 0, 255]),
        (png_with_key(4, 2, 0, b"\x1b", b"\0\2"), [255, 255, 0, 255]),
        (png_with_key(2, 4, 0, b"\x5a", b"\0\x0a"), [255, 0]),
        (png_with_key(2, 8, 0, b"\x02\xc8", b"\0\xc8"), [255, 0]),
        (png_with_key(2, 16, 0, b"\x9c\x40\x9c\x41", b"\x9c\x40"), [0, 255]),
        (png_with_key(3, 8, 3, b"\0\1\2", b"\0\x80", bytes(9)), [0, 128, 255]),
        (png_with_key(3, 2, 3, b"\x18", b"\0\x80", bytes(9)), [0, 128, 255]),
    ],
    ids=["8", "16", "grey of 1", "grey of 2", "grey of 4", "grey of 8", "grey of 16", "palette of 8", "palette of 2"],
)
def test_what_a_png_names_transparent_is_so_whatever_its_bits(file: bytes, alpha: list[int]) -> None:
    found = read_photo(file).alpha
    assert found is not None
    assert found.tolist() == [alpha]


def test_a_transparent_colour_that_no_pixel_has_hides_nothing() -> None:
    for file in (png_with_key(2, 8, 2, bytes(6), b"\0\1" * 3), png_with_key(2, 16, 0, bytes(4), b"\0\1")):
        assert read_photo(file).alpha is None


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_every_orientation_is_turned_upright_once(orientation: int, kind: str) -> None:
    from PIL import ImageOps

    exif = Pillow.Exif()
    exif[0x0112] = orientation
    data = saved(picture(160, 96), kind, exif=exif)
    with Pillow.open(io.BytesIO(data)) as opened:
        expected = np.asarray(ImageOps.exif_transpose(opened).convert("RGB"))[..., ::-1].astype(int)
    photo = read_photo(data)
    assert photo.image.shape == expected.shape
    assert np.abs(photo.image - expected).mean() < 3
    with Pillow.open(io.BytesIO(write_photo(photo, "jpeg"))) as written:
        assert written.getexif().get(0x0112, 1) == 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_alpha_is_turned_upright_with_its_picture(orientation: int) -> None:
    from PIL import ImageOps

    image, exif = picture(mode="RGBA"), Pillow.Exif()
    image.putalpha(Pillow.linear_gradient("L").resize(image.size))
    exif[0x0112] = orientation
    data = saved(image, exif=exif)
    with Pillow.open(io.BytesIO(data)) as opened:
        expected = np.asarray(ImageOps.exif_transpose(opened))[..., 3]
    assert np.array_equal(read_photo(data).alpha, expected)  # type: ignore[arg-type]


def test_numbers_that_are_no_colours_are_refused() -> None:
    with pytest.raises(Unreadable, match="floating-point numbers"):
        read_photo(saved(picture().convert("F"), "TIFF"))


@pytest.mark.parametrize("kind", ["png", "webp", "jpeg"])
def test_profile_and_time_survive_and_the_preview_and_place_do_not(kind: str) -> None:
    exif = Pillow.Exif()
    exif[0x8769] = {0x9003: "2026:11:21 16:05:00", 0x9011: "+01:00", 0x927C: b"a maker's notes"}
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 0.0)}
    data = saved(picture(), "JPEG", exif=exif, icc_profile=SRGB)
    made = write_photo(read_photo(data), kind)
    assert b"maker" not in made
    with Pillow.open(io.BytesIO(made)) as written:
        assert written.info["icc_profile"] == SRGB
        kept = written.getexif()
    assert kept.get_ifd(0x8769)[0x9003] == "2026:11:21 16:05:00"
    assert kept.get_ifd(0x8769)[0x9011] == "+01:00"
    assert not kept.get_ifd(0x8825)


def test_a_profile_of_inks_does_not_stay_with_a_picture_of_lights() -> None:
    grey = bytearray(SRGB)
    grey[16:20] = b"GRAY"
    assert read_photo(saved(picture(mode="L"), "PNG", icc_profile=bytes(grey))).profile is None


def test_of_what_moves_the_first_picture_is_taken() -> None:
    frames = [picture(), Pillow.new("RGB", (40, 24), "black")]
    for kind in ("GIF", "PNG", "WEBP"):
        data = saved(frames[0], kind, save_all=True, append_images=frames[1:])
        assert read_photo(data).image[20, 36].min() > 240


def test_a_jpeg_file_holds_no_alpha() -> None:
    with pytest.raises(UsageError, match="holds no transparency"):
        write_photo(np.zeros((4, 4, 4), np.uint8), "jpeg")


@pytest.mark.parametrize(("format", "longest"), [("webp", 16_383), ("jpeg", 65_500)])
def test_a_picture_that_is_too_long_for_its_format_is_refused_and_one_that_is_not_is_written(
    format: str, longest: int
) -> None:
    with pytest.raises(UsageError, match="Write PNG"):
        write_photo(np.zeros((1, longest + 1, 3), np.uint8), format)
    assert (
        read_photo(write_photo(np.zeros((1, longest - 1, 3), np.uint8), format), Limits(side=99_999)).size.height == 1
    )


def test_an_unknown_format_names_those_there_are() -> None:
    with pytest.raises(UsageError, match="png, webp, jpg"):
        write_photo(Photo(np.zeros((4, 4, 3), np.uint8)), "gif")


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3), (5, 7, 4)])
def test_arrays_are_written_as_they_are(shape: tuple[int, ...]) -> None:
    image = np.random.default_rng(0).integers(0, 255, shape, np.uint8)
    found = read_photo(write_photo(image, "png"))
    assert np.array_equal(found.image, image[..., :3] if len(shape) == 3 else np.dstack([image] * 3))
    if shape[-1] == 4:
        assert found.alpha is not None
        assert np.array_equal(found.alpha, image[..., 3])
