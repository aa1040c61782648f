"""The network with the cutoffs and processing times that rules give its locations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from routing.network import Network
from routing.promise.calendar import MOST_PROCESSING_DAYS, WorkingCalendar
from routing.promise.local_time import time_of_day_s
from routing.promise.working_hours import Cutoff
from routing.rules.compiled import PromiseRule
from routing.rules.location_sets import LocationSets
from routing.rules.schema.promise import Promise


def timed_network(network: Network, sets: LocationSets, rules: Sequence[PromiseRule]) -> Network:
    """Return the network with other calendars; the locations keep their sequence."""
    where = np.stack([sets.where(each.location) for each in rules])
    locations = []
    for place, location in enumerate(network.locations):
        calendar = location.calendar
        for number in np.flatnonzero(where[:, place]).tolist():
            calendar = _changed(calendar, rules[number].source)
        same = calendar is location.calendar
        locations.append(location if same else replace(location, calendar=calendar))
    return network.with_locations(locations)


def _changed(calendar: WorkingCalendar, rule: Promise) -> WorkingCalendar:
    days = calendar.processing_days + (rule.extra_processing_days or 0)
    cutoffs = calendar.cutoffs
    if rule.cutoff is not None:
        hours, _, minutes = rule.cutoff.partition(":")
        cutoffs = (Cutoff(time_of_day_s(int(hours), int(minutes))),)
    return replace(calendar, cutoffs=cutoffs, processing_days=min(days, MOST_PROCESSING_DAYS))
