"""OpenVINO: the fastest on x86-64 CPUs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from live_seg.closing import Closing
from live_seg.config.tree import Engine as EngineConfig
from live_seg.engines.engine import Blob, engines
from live_seg.engines.onnxruntime import first_line, thread_count
from live_seg.errors import EngineError, cure_of_import
from live_seg.frame import Size


@engines.register("openvino")
class OpenVinoEngine(Closing):
    """OpenVINO on the CPU, compiled for one input size and for the shortest delay of one frame."""

    name = "openvino"
    precision = "int8"

    def __init__(self, file: Path, size: Size, config: EngineConfig) -> None:
        # OpenVINO reports its use to Google where this package lies beside it; without it, it does not.
        sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
        try:
            import openvino
        except ModuleNotFoundError:
            raise EngineError(
                "OpenVINO is not installed", "Install it (x86-64 only): pip install openvino; or use --engine cpu."
            ) from None
        except ImportError as error:
            raise EngineError(
                f"OpenVINO cannot be loaded ({first_line(error)})", cure_of_import(error) or "Use --engine cpu."
            ) from None
        try:
            core = openvino.Core()
            model = core.read_model(file)
            model.reshape([1, 3, size.height, size.width])
            compiled = core.compile_model(
                model,
                "CPU",
                {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": thread_count(config), "NUM_STREAMS": 1},
            )
            self.device = f"{', '.join(compiled.get_property('EXECUTION_DEVICES'))} (OpenVINO)"
            self._request: Any = compiled.create_infer_request()
        except Exception as error:  # noqa: BLE001  # the runtime raises bare RuntimeError and others
            what = (str(error).strip().splitlines() or [type(error).__name__])[-1][:200]
            raise EngineError(f"OpenVINO cannot load {file.name}: {what}", "Use --engine cpu.") from None

    def run(self, blob: Blob) -> Blob:
        """Output of the network; see `Engine.run`."""
        try:
            self._request.infer({0: blob}, share_inputs=True)
            output: Blob = self._request.get_output_tensor(0).data
        except Exception as error:  # noqa: BLE001
            what = (str(error).strip().splitlines() or [type(error).__name__])[-1][:200]
            raise EngineError(f"OpenVINO failed: {what}", "Use --engine cpu.") from None
        return output if output.dtype == np.float32 else output.astype(np.float32)

    def close(self) -> None:
        """Releases the compiled network; may be called twice."""
        self._request = None
