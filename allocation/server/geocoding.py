"""Coordinates for destinations whose postal code nobody here knows, before they are planned."""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import Final, TypeVar

from allocation.errors import NoPlanInTimeError, OverloadedError
from allocation.geocoding.geocoder import GeocodingError, Located, PostalQuestion
from allocation.geocoding.guarded import GuardedGeocoder
from allocation.server.budget import Deadline
from allocation.server.calls import note_geocoding, stage
from allocation.server.codec.place import MOST_POSTAL_CHARS, look_up
from allocation.server.worker_pool import WorkerPool
from allocation.v1 import allocation_service_pb2 as pb
from routing.geo.military import is_military_zip3
from routing.geo.normalize import CODE_RULES, normalize_country, normalize_postal
from routing.v1 import order_pb2

THREADS: Final = 4
QUEUE: Final = 32
"""More questions than these at once go unanswered, and their orders without coordinates."""

WAITING_SHARE: Final = 0.25
"""Of the time that a call has; the rest is for planning."""

Message = TypeVar("Message", pb.AllocateRequest, pb.QuoteRequest)


class Outcome(Enum):
    """How a question ended; labels of a metric."""

    KNOWN = "known"
    FOUND = "found"
    NO_SUCH_PLACE = "no_such_place"
    LATE = "late"
    BUSY = "busy"
    FAILED = "failed"


class Geocoding:
    """Puts coordinates into requests that come without; what fails leaves them as they are.

    The coordinates become part of the request that is planned and recorded, so a decision is
    made again with the very same point, whatever the geocoder says by then.

    Parameters
    ----------
    geocoder
        Whom to ask; ``None``: nobody.
    wait_s
        Most seconds that a call waits. The question goes on without it, for the calls to come.
    """

    def __init__(self, geocoder: GuardedGeocoder | None, wait_s: float) -> None:
        self._geocoder = geocoder
        self._wait_s = wait_s
        self._pool = WorkerPool(THREADS, QUEUE)
        self._asking: dict[PostalQuestion, asyncio.Task[Located]] = {}

    @property
    def is_on(self) -> bool:
        """Whether anybody is asked."""
        return self._geocoder is not None

    async def located(self, message: Message, deadline: Deadline) -> Message:
        """Return the request, with coordinates if they were missing and could be found."""
        if self._geocoder is None:
            return message
        question = _question(message.order.destination)
        if question is None:
            return message
        with stage("geocode"):
            outcome, found = await self._find(self._geocoder, question, deadline)
        note_geocoding(outcome.value)
        if found is None or found.coordinates is None:
            return message
        located = type(message)()
        located.CopyFrom(message)
        point = located.order.destination.coordinates
        point.latitude, point.longitude = found.coordinates.lat_deg, found.coordinates.lng_deg
        return located

    async def _find(
        self, geocoder: GuardedGeocoder, question: PostalQuestion, deadline: Deadline
    ) -> tuple[Outcome, Located | None]:
        known = geocoder.known(question)
        if known is not None:
            return Outcome.KNOWN, known
        try:
            wait_s = WAITING_SHARE * deadline.budget_s(self._wait_s / WAITING_SHARE)
            asked = asyncio.shield(self._ask(geocoder, question))
            found = await asyncio.wait_for(asked, wait_s)
        except (TimeoutError, NoPlanInTimeError):
            return Outcome.LATE, None
        except OverloadedError:
            return Outcome.BUSY, None
        except GeocodingError:
            return Outcome.FAILED, None
        return (Outcome.NO_SUCH_PLACE if found.coordinates is None else Outcome.FOUND), found

    def _ask(self, geocoder: GuardedGeocoder, question: PostalQuestion) -> asyncio.Task[Located]:
        """Return the question that is under way, begun now unless another call did."""
        task = self._asking.get(question)
        if task is None:
            task = asyncio.create_task(self._pool.run(lambda: geocoder.locate(question)))
            self._asking[question] = task
            task.add_done_callback(lambda done: self._ended(question, done))
        return task

    def _ended(self, question: PostalQuestion, task: asyncio.Task[Located]) -> None:
        del self._asking[question]
        if not task.cancelled():
            task.exception()  # Whoever waited has it; nobody needs to.

    def close(self) -> None:
        """Ask no more."""
        self._pool.close()


def _question(destination: order_pb2.Destination) -> PostalQuestion | None:
    """Return what to ask about a destination; ``None`` if there is nothing to find."""
    if destination.HasField("coordinates") or destination.pickup_location_id:
        return None
    country = destination.address.region_code.strip().upper()
    code = destination.address.postal_code.strip()
    if not (len(country) == 2 and country.isascii() and country.isalpha()):
        return None
    if not code or len(code) > MOST_POSTAL_CHARS or not code.isprintable():
        return None
    key = normalize_postal(country, code)
    if key is None and normalize_country(country) in CODE_RULES:
        return None  # No code of that country, whoever is asked.
    if key is not None and key.country == "US" and is_military_zip3(key.code[:3]):
        return None  # Military mail lies nowhere.
    return None if look_up(country, code) is not None else PostalQuestion(country, code)
