"""One graph for the whole picture: a frame in the host's memory to the finished picture in the host's memory.

    python benchmarks/gpu/fused.py [--device cuda]

Beside each figure what of it is copying there, computing, and copying back.
"""

from __future__ import annotations

import itertools
import time
from typing import Any

import numpy as np
from bound import arguments, row, save

from live_seg.config import Config, build
from live_seg.effects import open_effect
from live_seg.frame import Size
from live_seg.fused.assemble import Recipe
from live_seg.fused.forms import background_of, form_of
from live_seg.fused.session import FusedSession
from live_seg.models import best_model
from live_seg.sources.synthetic import SyntheticSource

SIZES = (Size(1280, 720), Size(1920, 1080), Size(3840, 2160))
EFFECTS = ("blur", "replace", "transparent")


def recipe(config: Config, size: Size) -> Recipe:
    """The configuration's graph for frames of that size."""
    return Recipe(best_model("fp16"), config.matting, form_of(open_effect(config)), size)


def parts_ms(session: FusedSession, image: Any, count: int) -> dict[str, float]:
    """Medians of the three parts, apart from each other."""
    tensors, times = session._tensors, []
    for _ in range(count):
        start = time.perf_counter()
        tensors.put("frame", image)
        sent = time.perf_counter()
        turn = session._turn
        session._session.run_with_iobinding(session._bindings[turn], session._options[turn])
        computed = time.perf_counter()
        tensors.get("picture"), tensors.get("alpha"), tensors.get("statistics")
        times.append((sent - start, computed - sent, time.perf_counter() - computed))
    there, computing, back = np.median(times, axis=0) * 1e3
    return {"there_ms": round(there, 3), "computing_ms": round(computing, 3), "back_ms": round(back, 3)}


def main() -> None:
    """Measures every effect at every size."""
    options = arguments(__doc__)
    rows = []
    for size, name in itertools.product((Size(640, 360),) if options.tiny else SIZES, EFFECTS):
        config = build({"effect": {"name": name}, "source": {"size": str(size)}})
        background = background_of(open_effect(config), size)
        source = SyntheticSource("", config, lambda: 0.0)
        images = itertools.cycle([source.frame(index).image for index in range(4)])
        start = time.perf_counter()
        with FusedSession(recipe(config, size), options.device, config.engine) as session:
            loading_s = time.perf_counter() - start
            found = row(
                "one graph",
                "ours",
                lambda session=session, images=images, background=background: session(next(images), background),
                options.seconds,
                size=str(size),
                effect=name,
                engine=options.device,
            )
            found |= {"load_s": round(loading_s, 2), **parts_ms(session, next(images), 5 if options.tiny else 100)}
        rows.append(found)
    save("fused", options, {"rows": rows})


if __name__ == "__main__":
    main()
