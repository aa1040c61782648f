"""JSON as people write it, read into the messages of the contract.

On top of the standard protobuf JSON:

- a decimal may be a number or a string: ``"quantity": 2`` for ``{"value": "2"}``;
- money may be ``"4.50 USD"`` or ``{"currency": "USD", "amount": 4.50}``;
- a date may be ``"2026-11-05"`` and a time of day ``"17:00"``;
- a value of an enum may go without its prefix, in any case: ``"store"``.

What is wrong is reported all at once, each with its path; an unknown key is never ignored.
"""

from __future__ import annotations

from allocation.cli.friendly.read import read_document, read_message

__all__ = ["read_document", "read_message"]
