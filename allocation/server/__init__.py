"""The gRPC edge: decodes requests, asks the engine, encodes answers."""
