"""From places on Earth to places on paper: an equal-area cone fitted to what is shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]

_POLE_DEG = 89.0
"""How far a map goes: at the very pole everything to the east is also to the west."""

_FLATTEST = 0.05
"""Below this the cone is as good as a cylinder, and the formulas of the cone break down."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of the Earth, in degrees; `west` is less than `east`."""

    south: float
    north: float
    west: float
    east: float

    def holds(self, lat_deg: Float64, lng_deg: Float64) -> NDArray[np.bool_]:
        """Return which points are inside."""
        return (
            (lat_deg >= self.south)
            & (lat_deg <= self.north)
            & (lng_deg >= self.west)
            & (lng_deg <= self.east)
        )


def frame_of(lat_deg: Float64, lng_deg: Float64, share: float = 0.98) -> Frame:
    """Return the frame of most points, with a margin: a few far ones must not shrink the rest.

    Parameters
    ----------
    share
        Of the points that are inside at least, per direction.
    """
    tail = (1 - share) / 2
    south, north = np.quantile(lat_deg, [tail, 1 - tail])
    west, east = np.quantile(lng_deg, [tail, 1 - tail])
    tall, wide = max(north - south, 1.0) * 0.12, max(east - west, 1.0) * 0.08
    return Frame(
        float(np.clip(south - tall, -_POLE_DEG, _POLE_DEG - tall)),
        float(np.clip(north + tall, tall - _POLE_DEG, _POLE_DEG)),
        max(-180.0, float(west - wide)),
        min(180.0, float(east + wide)),
    )


@dataclass(frozen=True, slots=True)
class Projection:
    """Albers' projection (or Lambert's cylinder near the equator), scaled to a width.

    Attributes
    ----------
    height
        Of the frame, when it is `width` wide.
    """

    frame: Frame
    width: float
    scale: float
    left: float
    top: float
    height: float

    def points(self, lat_deg: Float64, lng_deg: Float64) -> tuple[Float64, Float64]:
        """Return x to the right and y down."""
        x, y = _project(self.frame, lat_deg, lng_deg)
        return (x - self.left) * self.scale, (self.top - y) * self.scale


def fit(frame: Frame, width: float) -> Projection:
    """Return the projection that fills the width with the frame."""
    edge = np.linspace(0, 1, 33)
    lat_deg = np.concatenate(
        [
            np.full(33, frame.south),
            np.full(33, frame.north),
            *[frame.south + edge * (frame.north - frame.south)] * 2,
        ]
    )
    lng_deg = np.concatenate(
        [
            *[frame.west + edge * (frame.east - frame.west)] * 2,
            np.full(33, frame.west),
            np.full(33, frame.east),
        ]
    )
    x, y = _project(frame, lat_deg, lng_deg)
    scale = width / float(x.max() - x.min())
    height = float(y.max() - y.min()) * scale
    return Projection(frame, width, scale, float(x.min()), float(y.max()), height)


def _project(frame: Frame, lat_deg: Float64, lng_deg: Float64) -> tuple[Float64, Float64]:
    tall = frame.north - frame.south
    lower, upper = np.radians([frame.south + tall / 6, frame.north - tall / 6])
    lat, lng = np.radians(lat_deg), np.radians(lng_deg - (frame.west + frame.east) / 2)
    cone = (np.sin(lower) + np.sin(upper)) / 2
    if abs(cone) < _FLATTEST:
        squeeze = np.cos((lower + upper) / 2)
        return lng * squeeze, np.sin(lat) / squeeze
    around = np.cos(lower) ** 2 + 2 * cone * np.sin(lower)
    radius = np.sqrt(np.maximum(0, around - 2 * cone * np.sin(lat))) / cone
    return radius * np.sin(cone * lng), -radius * np.cos(cone * lng)
