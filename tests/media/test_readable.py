import pytest

from live_seg.errors import UsageError
from live_seg.media import readable
from live_seg.media.file import shown


def test_a_file_with_something_in_it_is_readable(tmp_path):
    file = tmp_path / "clip.mp4"
    file.write_bytes(b"x")
    assert readable(str(file)) == file


def test_a_missing_file_is_named_with_what_looks_like_it(tmp_path):
    (tmp_path / "holiday.mp4").write_bytes(b"x")
    with pytest.raises(UsageError, match=r"there is no file .*holyday.mp4\. Did you mean .*holiday.mp4\?"):
        readable(str(tmp_path / "holyday.mp4"))


def test_files_that_only_share_a_suffix_are_not_suggested(tmp_path):
    (tmp_path / "holiday.mp4").write_bytes(b"x")
    with pytest.raises(UsageError, match=r"xyz.mp4$"):
        readable(str(tmp_path / "xyz.mp4"))


def test_a_missing_folder_is_said(tmp_path):
    with pytest.raises(UsageError, match=r"There is no folder .*nowhere either"):
        readable(str(tmp_path / "nowhere" / "clip.mp4"))


def test_an_empty_file_and_a_folder_are_refused(tmp_path):
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(UsageError, match=r"empty.mp4 is empty"):
        readable(str(tmp_path / "empty.mp4"))
    with pytest.raises(UsageError, match="is a folder"):
        readable(str(tmp_path))


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
def test_names_that_no_file_can_have_are_refused(name):
    with pytest.raises(UsageError):
        readable(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("me.jpg", "me.jpg"), ("two\nlines", "two\\nlines"), ("caf\udce9", "caf\\xe9"), ("näive ☺", "näive ☺")],
)
def test_a_path_is_shown_in_one_line_that_can_be_printed(name: str, expected: str) -> None:
    assert shown(name) == expected
    shown(name).encode("utf-8")
