"""Why a shipment goes by its carrier service: what the others would come to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from allocation.plan import PlannedShipment


class ServiceVerdict(Enum):
    """Why a carrier service does not take a shipment; see the contract for each meaning."""

    DEARER = "dearer"
    TOO_LATE = "too_late"
    SLOWER = "slower"
    CHEAPER = "cheaper"


@dataclass(frozen=True, slots=True)
class OtherService:
    """A shipment of the plan, with the same contents, by another carrier service.

    Attributes
    ----------
    extra_minor
        What it costs more; below 0: less.
    """

    shipment: PlannedShipment
    extra_minor: int
    verdict: ServiceVerdict


@dataclass(frozen=True, slots=True)
class ServiceChoice:
    """The other carrier services that could take a shipment, cheapest first."""

    shipment_number: int
    others: tuple[OtherService, ...]
