"""Formula reader: the pix2tex weights in a graph of our own, exported to ONNX with a KV cache."""
