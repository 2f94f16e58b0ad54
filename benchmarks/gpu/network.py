"""The network alone, batch 1, its tensors on the device: no frame, no copy.

python benchmarks/gpu/network.py [--device cuda]
"""

from __future__ import annotations

from bound import Bound, arguments, row, save

from live_seg.frame import Size
from live_seg.models import models

SIZES = (Size(256, 160), Size(512, 288), Size(1024, 576))


def main() -> None:
    """Measures every fp16 network at every size."""
    options = arguments(__doc__)
    rows = []
    for model in (model for model in models() if model.precision == "fp16"):
        for size in SIZES[:1] if options.tiny else SIZES:
            bound = Bound(options.device, model.file, {"batch": 1, "height": size.height, "width": size.width})
            rows.append(row(model.name, "ours", bound.run, options.seconds, size=str(size), engine=options.device))
    save("network", options, {"rows": rows})


if __name__ == "__main__":
    main()
