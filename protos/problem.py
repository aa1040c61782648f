"""What goes wrong with the contract, told together with the way out."""

from __future__ import annotations


class ContractError(Exception):
    """A proto file, the code generated from it or a tool is not as it must be.

    The message says what is wrong, then what to do about it.
    """
