from live_seg.cli.checks.engines import check_engines, real_engines


def test_the_stand_in_proves_nothing() -> None:
    assert {"cpu", "openvino", "cuda", "tensorrt"} <= set(real_engines())
    assert "fixed" not in real_engines()
    asked = [check.subject for check in check_engines(prove=lambda name: {"what": "broken", "cure": ""}, has_gpu=True)]
    assert "engine fixed" not in asked
