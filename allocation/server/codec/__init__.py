"""Protobuf messages to the domain and back, one file per concept.

Decoders name every problem of a message by its field path and go on; nothing of the
domain is built from a message that has one.
"""
