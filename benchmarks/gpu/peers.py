"""Other networks on the same device, their tensors there: as `network.py` measures ours. In fp32, as they come.

python benchmarks/gpu/peers.py --peers FOLDER [--device cuda]
"""

from __future__ import annotations

from bound import Bound, arguments, row, save

from live_seg.errors import EngineError

NAMES = ("rvm_mnv3_512x288", "mp_selfie_general_256", "mp_selfie_landscape_144x256")


def main() -> None:
    """Measures those that the folder has."""
    options = arguments(__doc__)
    if options.peers is None:
        raise SystemExit("peers.py: name the folder of the networks: --peers FOLDER")
    rows = []
    for name in NAMES[1:2] if options.tiny else NAMES:
        file = options.peers / f"{name}.onnx"
        if not file.exists():
            print(f"{file} is not there: not measured")
            continue
        try:
            bound = Bound(options.device, file, rounds=True)
        except EngineError as error:
            print(f"{name} does not load there: not measured; {error.what}")
            continue
        rows.append(row(name, "peer", bound.run, options.seconds, engine=options.device))
    save("peers", options, {"rows": rows})


if __name__ == "__main__":
    main()
