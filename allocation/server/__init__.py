"""The gRPC edge: decodes requests, asks the engine, encodes answers."""

import os

# gRPC writes lines of its own to stderr, where the log is one JSON object per line. It reads
# this when it is imported; whoever looks for a fault in gRPC itself sets it to INFO.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
