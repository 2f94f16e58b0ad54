"""Whatever is sent, the API answers as it is described, never with a 500, and its memory does not grow."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from served import VALUES, Site, picture, site_of

from live_seg.config import build
from live_seg.service import Desk
from live_seg.web.openapi import document

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
KINDS = ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP")
FUZZ = settings(suppress_health_check=list(HealthCheck), derandomize=True, database=None)
MEMORY = Path("/proc/self/statm")


@pytest.fixture(scope="module")
def served() -> Iterator[Site]:
    with site_of(build(VALUES)) as site:
        yield site


with Desk() as desk:  # nothing is loaded
    API = schemathesis.openapi.from_dict(document(desk))
OPERATIONS = {found.ok().label: found.ok() for found in API.get_all_operations()}


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_answers_as_it_is_described(served: Site, name: str) -> None:
    @settings(FUZZ, max_examples=25)
    @given(case=OPERATIONS[name].as_strategy())
    def holds(case: schemathesis.Case) -> None:
        case.call_and_validate(base_url=served.url.rstrip("/"), checks=CHECKS)

    holds()


def broken(data: bytes, seed: int, changes: int, cut: float) -> bytes:
    """A picture file with some bytes changed and its end cut off."""
    dice = random.Random(seed)
    content = bytearray(data[: max(1, int(len(data) * cut))])
    for _ in range(changes):
        content[dice.randrange(len(content))] = dice.randrange(256)
    return bytes(content)


PICTURES = {kind: picture(40, 30, kind) for kind in KINDS}


@settings(FUZZ, max_examples=120)
@given(
    kind=st.sampled_from(KINDS), seed=st.integers(0, 2**32), changes=st.integers(0, 12), cut=st.sampled_from((1, 0.6))
)
def test_a_broken_picture_never_breaks_the_server(served: Site, kind: str, seed: int, changes: int, cut: float) -> None:
    answer = served.cut(broken(PICTURES[kind], seed, changes, cut))
    assert answer.status_code in (200, 413, 415, 422), answer.text


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")  # Starlette's
@settings(FUZZ, max_examples=60)
@given(body=st.binary(max_size=300), boundary=st.sampled_from(("x", "", "y" * 300, '"', "x; charset=utf-7")))
def test_a_broken_form_never_breaks_the_server(served: Site, body: bytes, boundary: str) -> None:
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    for start in (b"", b'--x\r\nContent-Disposition: form-data; name="image"; filename="x"\r\n\r\n'):
        answer = requests.post(f"{served.url}api/cutout", data=start + body, headers=headers, timeout=30)
        assert answer.status_code in (400, 415), answer.text


@pytest.mark.skipif(not MEMORY.exists(), reason="memory is read from /proc")
def test_memory_does_not_grow(served: Site) -> None:
    def resident_mb() -> float:
        return int(MEMORY.read_text().split()[1]) * 4096 / 1e6

    def rounds(count: int) -> None:
        for seed in range(count):
            served.cut(broken(PICTURES[KINDS[seed % len(KINDS)]], seed, seed % 5, 1))
            served.cut(bytes(500_000))

    rounds(40)
    before = resident_mb()
    rounds(160)
    assert resident_mb() - before < 30
