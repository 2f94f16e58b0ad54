"""The whole way from frame to picture as one ONNX graph, for GPUs."""
