"""Carrier services: a carrier's product, by the code of its name."""

from __future__ import annotations

from typing import Final

from allocation.server.codec.enums import EnumTable
from allocation.server.codec.findings import Findings, shown
from allocation.server.codec.text import decode_id, slug
from routing.ids import CarrierCode, ServiceCode
from routing.location import CarrierService
from routing.order import ServiceLevel
from routing.v1 import carrier_service_pb2

MOST_NAME_CHARS: Final = 64

SERVICE_LEVELS: Final = EnumTable(
    carrier_service_pb2.ServiceLevel, "SERVICE_LEVEL", ServiceLevel, ServiceLevel.STANDARD
)


def decode_code(name: str, path: str, findings: Findings) -> str:
    """Return the code of a carrier's or service's name of 1 to 64 characters."""
    decode_id(name, path, findings)
    code = slug(name)
    if len(name) > MOST_NAME_CHARS:
        findings.refuse(path, f"has {len(name)} characters; give at most {MOST_NAME_CHARS}")
    elif name and not code:
        findings.refuse(path, f"is {shown(name)}; give a name with letters or digits")
    return code


def decode_carrier_service(
    message: carrier_service_pb2.CarrierService, path: str, findings: Findings
) -> CarrierService:
    """Return a carrier service."""
    level = SERVICE_LEVELS.decode(message.service_level, f"{path}.service_level", findings)
    return CarrierService(
        carrier=CarrierCode(decode_code(message.carrier, f"{path}.carrier", findings)),
        service=ServiceCode(decode_code(message.service, f"{path}.service", findings)),
        service_level=level or ServiceLevel.STANDARD,
    )
