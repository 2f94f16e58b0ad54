"""From a checkpoint to the model files that ship, each checked before it is kept. Needs the [train] extra.

checkpoint.pt ──▶ ONNX ──▶ half (fp16) ──▶ weights/NAME-fp16.onnx
                   │  └──▶ int8 ────────▶ weights/NAME-int8.onnx
                 parity        gate        weights/registry.toml
"""
