"""Whether, where and how patiently live rates are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from allocation.live_rates.guarded import GuardedRates
from allocation.live_rates.provider import RateProvider
from allocation.outside.addresses import is_safe
from allocation.outside.breaker import CircuitBreaker
from allocation.outside.cache import AnswerCache
from routing.bounded_file import read_text
from routing.errors import InvalidInputError, Violation, out_of_range, raise_if_any


def _easypost(url: str, key: str) -> RateProvider:
    # Few servers ask for live rates, and all read these settings.
    from allocation.live_rates.easypost import EasyPostRates  # noqa: PLC0415

    return EasyPostRates(url, key)


def _shippo(url: str, key: str) -> RateProvider:
    from allocation.live_rates.shippo import ShippoRates  # noqa: PLC0415

    return ShippoRates(url, key)


PROVIDERS: Final[Mapping[str, Callable[[str, str], RateProvider]]] = MappingProxyType(
    {"easypost": _easypost, "shippo": _shippo}
)
"""Every kind of provider by its name, made from URL and key."""

CACHED: Final = 10_000


@dataclass(frozen=True, slots=True)
class LiveRateSettings:
    """Live prices of a plan's parcels, reported beside those of the rate card.

    Attributes
    ----------
    provider
        ``easypost`` or ``shippo``; empty: nobody is asked.
    url
        Of the provider's API: ``https://api.easypost.com/v2``, ``https://api.goshippo.com``.
    key_file
        File with the key of the API and nothing else.
    timeout_s
        Most seconds that a plan waits for all of its live rates.
    ttl_s
        Seconds for which an answer is used again.
    failures
        In a row, until the provider is not asked for a while.
    pause_s
        Seconds that this lasts before one more try.

    Raises
    ------
    routing.errors.InvalidInputError
        With every setting out of range.
    """

    provider: str = ""
    url: str = ""
    key_file: Path | None = None
    timeout_s: float = 1.0
    ttl_s: float = 900.0
    failures: int = 5
    pause_s: float = 30.0

    def __post_init__(self) -> None:
        problems = out_of_range(
            (
                ("timeout_s", self.timeout_s, 0.01, 30),
                ("ttl_s", self.ttl_s, 0, 86_400),
                ("failures", self.failures, 1, 1_000),
                ("pause_s", self.pause_s, 0.1, 3_600),
            )
        )
        if self.provider:
            problems += self._provider_problems()
        raise_if_any(problems)

    def _provider_problems(self) -> list[Violation]:
        problems = []
        if self.provider not in PROVIDERS:
            known = ", ".join(PROVIDERS)
            problems.append(Violation("provider", f"is {self.provider!r}; give one of {known}"))
        if not is_safe(self.url):
            message = "has to be an https address without user, query and fragment"
            problems.append(Violation("url", message))
        if self.key_file is None:
            problems.append(Violation("key_file", "is missing; name the file with the key"))
        return problems


def read_key(path: Path) -> str:
    """Return the key in a file.

    Raises
    ------
    InvalidInputError
        If it cannot be read, or does not hold one line of printable ASCII.
    """
    try:
        key = read_text(path).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(
            [Violation("live_rates.key_file", f"cannot read {path}")]
        ) from error
    if not key or not (key.isascii() and key.isprintable()) or " " in key:
        message = f"{path} has to hold the key and nothing else"
        raise InvalidInputError([Violation("live_rates.key_file", message)])
    return key


def open_live_rates(settings: LiveRateSettings, clock: Callable[[], float]) -> GuardedRates | None:
    """Return the provider that the settings name; ``None`` if they name none.

    Raises
    ------
    InvalidInputError
        If the key cannot be read.
    """
    if not settings.provider or settings.key_file is None:
        return None
    url, key = settings.url.rstrip("/"), read_key(settings.key_file)
    return GuardedRates(
        PROVIDERS[settings.provider](url, key),
        AnswerCache(settings.ttl_s, CACHED, clock),
        CircuitBreaker(settings.failures, settings.pause_s, clock),
    )
