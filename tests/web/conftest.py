"""A page that is really served, with a synthetic camera and a network that needs no file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from served import VALUES, Site, site_of

from live_seg.config import build


@pytest.fixture
def site() -> Iterator[Site]:
    with site_of(build(VALUES)) as served:
        yield served
