from live_seg.devices import Holder, holders


def process(proc, pid, name, *open_files):
    (proc / str(pid) / "fd").mkdir(parents=True)
    (proc / str(pid) / "comm").write_text(name + "\n")
    for number, file in enumerate(open_files):
        (proc / str(pid) / "fd" / str(number)).symlink_to(file)


def test_the_processes_that_have_a_node_open_are_named_in_order(tmp_path):
    process(tmp_path, 4211, "zoom", "/dev/null", "/dev/video0")
    process(tmp_path, 77, "wireplumber", "/dev/video0", "/dev/video0")
    process(tmp_path, 5, "bash", "/dev/video1")
    assert holders("/dev/video0", tmp_path) == [Holder(77, "wireplumber"), Holder(4211, "zoom")]
    assert str(holders("/dev/video0", tmp_path)[1]) == "zoom (pid 4211)"


def test_nobody_has_it_open(tmp_path):
    process(tmp_path, 5, "bash", "/dev/video10")
    assert holders("/dev/video1", tmp_path) == []


def test_processes_that_end_meanwhile_are_left_out(tmp_path):
    process(tmp_path, 5, "zoom", "/dev/video0")
    (tmp_path / "6").mkdir()  # no fd folder any more
    (tmp_path / "7" / "fd").mkdir(parents=True)
    (tmp_path / "7" / "fd" / "0").symlink_to("/dev/video0")  # no comm any more
    assert [holder.pid for holder in holders("/dev/video0", tmp_path)] == [5]
