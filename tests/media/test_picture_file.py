import cv2
import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageOps

from live_seg.errors import UsageError
from live_seg.media import is_picture, read_picture

WIDE = np.zeros((20, 40, 3), np.uint8)
WIDE[:, :20] = (0, 0, 250)  # red on the left


HOW = {"WEBP": {"lossless": True, "exact": True}, "AVIF": {"quality": 100, "subsampling": "4:4:4"}}


def saved(path, image, flags=()):
    path.write_bytes(cv2.imencode(path.suffix, image, flags)[1].tobytes())
    return str(path)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".webp", ".jpg"])
def test_a_picture_is_read_as_bgr(tmp_path, suffix):
    image = read_picture(saved(tmp_path / f"wide{suffix}", WIDE))
    assert image.shape == WIDE.shape
    assert image.dtype == np.uint8
    assert np.abs(image[10, 5].astype(int) - WIDE[10, 5]).max() <= 8


def test_sixteen_bits_become_eight(tmp_path):
    deep = WIDE.astype(np.uint16) * 257
    assert np.abs(read_picture(saved(tmp_path / "deep.png", deep)).astype(int) - WIDE).max() <= 1


def test_grey_becomes_bgr(tmp_path):
    assert read_picture(saved(tmp_path / "grey.png", WIDE[..., 2])).shape == WIDE.shape


@pytest.mark.parametrize("deepness", [np.uint8, np.uint16])
def test_what_is_transparent_becomes_white(tmp_path, deepness):
    alpha = np.zeros((20, 40, 1), np.uint8)
    alpha[:10] = 255
    whole = np.dstack([WIDE, alpha]).astype(deepness) * (1 if deepness == np.uint8 else 257)
    image = read_picture(saved(tmp_path / "cut.png", whole))
    assert np.array_equal(image[:10], WIDE[:10])
    assert (image[10:] == 255).all()


def test_a_picture_is_turned_upright(tmp_path):
    data = cv2.imencode(".jpg", WIDE)[1].tobytes()
    orientation_6 = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    tag = b"\xff\xe1" + (len(orientation_6) + 2).to_bytes(2, "big") + orientation_6
    file = tmp_path / "phone.jpg"
    file.write_bytes(data[:2] + tag + data[2:])
    image = read_picture(str(file))
    assert image.shape == (40, 20, 3)
    assert image[5, 10, 2] > 200  # what was left is above


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("shape", [(24, 40), (32, 32)])
@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG", "AVIF", "TIFF"])
def test_a_picture_and_its_alpha_are_turned_upright_together(tmp_path, kind, shape, orientation):
    stored = np.zeros((*shape, 4), np.uint8)
    stored[:, : shape[1] // 2] = (250, 0, 0, 255)
    stored[:, shape[1] // 2 :] = (0, 0, 250, 255)
    stored[: shape[0] // 2, : shape[1] // 2, 3] = 0
    picture = Pillow.fromarray(stored)
    if kind == "JPEG":
        picture = picture.convert("RGB")
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    file = tmp_path / f"turned.{kind.lower()}"
    picture.save(file, exif=exif, **HOW.get(kind, {}))
    white = Pillow.new("RGBA", picture.size, "white")
    white.alpha_composite(picture.convert("RGBA"))
    white.getexif()[0x0112] = orientation
    upright = np.asarray(ImageOps.exif_transpose(white).convert("RGB"))[..., ::-1]
    image = read_picture(str(file))
    assert image.shape == upright.shape
    assert np.abs(image.astype(int) - upright).mean() < 4


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_what_is_half_transparent_is_half_white(tmp_path, kind):
    Pillow.new("RGBA", (40, 20), (200, 100, 40, 128)).save(tmp_path / f"half.{kind.lower()}", **HOW.get(kind, {}))
    image = read_picture(str(tmp_path / f"half.{kind.lower()}"))
    assert np.abs(image.astype(int) - (147, 177, 227)).max() <= 2


def test_tags_that_opencv_does_not_know_are_no_news(tmp_path, capfd):
    Pillow.fromarray(WIDE).save(tmp_path / "scan.tif", tiffinfo={65000: "of the scanner"})
    before = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_WARNING)
    read_picture(str(tmp_path / "scan.tif"))
    assert cv2.utils.logging.setLogLevel(before) == cv2.utils.logging.LOG_LEVEL_WARNING
    assert capfd.readouterr() == ("", "")


def test_names_with_spaces_and_other_scripts_work(tmp_path):
    assert read_picture(saved(tmp_path / "Ünser Foto 写真.png", WIDE)).shape == WIDE.shape


@pytest.mark.parametrize("content", [b"this is a text", b"\x89PNG\r\n\x1a\nbroken", b"\xff\xd8\xff\xe0broken"])
def test_what_is_no_picture_is_refused_in_one_line(tmp_path, content):
    file = tmp_path / "photo.png"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=r"photo.png cannot be read as a picture"):
        read_picture(str(file))


def test_a_picture_without_a_suffix_is_known_by_its_first_bytes(tmp_path):
    assert is_picture(tmp_path / "missing.JPG")
    assert not is_picture(tmp_path / "missing.mp4")
    (tmp_path / "photo.png").write_bytes(cv2.imencode(".png", WIDE)[1].tobytes())
    (tmp_path / "photo.png").rename(tmp_path / "photo")
    assert is_picture(tmp_path / "photo")
    (tmp_path / "clip").write_bytes(b"\0\0\0\x18ftypmp42")
    assert not is_picture(tmp_path / "clip")
