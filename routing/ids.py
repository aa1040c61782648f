"""Identifiers, kept apart by type so that one is never passed for another."""

from __future__ import annotations

from typing import NewType

OrderId = NewType("OrderId", str)
LineId = NewType("LineId", str)
ItemId = NewType("ItemId", str)
LocationId = NewType("LocationId", str)
LotId = NewType("LotId", str)
RateCardId = NewType("RateCardId", str)
CartonId = NewType("CartonId", str)
CarrierCode = NewType("CarrierCode", str)
ServiceCode = NewType("ServiceCode", str)
