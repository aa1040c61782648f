"""From the text of a cases file to cases that can be run, or to everything wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from allocation.rule_cases.given import network_of
from allocation.rule_cases.name_checks import name_problems
from allocation.rule_cases.schema import CasesFile
from routing.errors import InvalidInputError
from routing.geo.postal import load_postal_index
from routing.network import Network
from routing.rules import Finding, Severity
from routing.rules.findings import has_error, in_order
from routing.rules.places import Path, Places, path_of, path_text
from routing.rules.refusals import validate
from routing.rules.yaml_tree import read_yaml


@dataclass(frozen=True, slots=True)
class ReadCases:
    """Cases that can be run."""

    file: CasesFile
    network: Network
    places: Places


def read_cases(text: str, network: Network | None) -> tuple[ReadCases | None, tuple[Finding, ...]]:
    """Return the cases, ``None`` when there is an error, and everything that was found.

    Parameters
    ----------
    network
        For a file without a network of its own.
    """
    tree = read_yaml(text)
    found = list(tree.findings)
    if not isinstance(tree.value, dict):
        if not found:
            what = "is empty" if tree.value is None else "is no mapping of keys"
            found.append(Finding(Severity.ERROR, "", 1, 1, f"{what}; begin with version: 1"))
        return None, in_order(found)
    file, _, refused = validate(CasesFile, tree.value, tree.places)
    known = {each.path for each in found}
    found += [each for each in refused if each.path not in known]
    if file is None or has_error(found):
        return None, in_order(found)
    found += _at(tree.places, _place_problems(file))
    its_network = network
    if file.network is not None:
        try:
            its_network = network_of(file.network)
        except InvalidInputError as error:
            problems = ((("network", *path_of(e.path)), e.message) for e in error.violations)
            found += _at(tree.places, problems)
            return None, in_order(found)
    if its_network is None:
        message = "is missing; give network in the file, or check with --network"
        found.append(Finding(Severity.ERROR, "network", 1, 1, message))
        return None, in_order(found)
    found += _at(tree.places, name_problems(file, its_network))
    if has_error(found):
        return None, in_order(found)
    return ReadCases(file, its_network, tree.places), in_order(found)


def _at(places: Places, problems: Iterator[tuple[Path, str]]) -> Iterator[Finding]:
    for path, message in problems:
        place = places.of(path)
        yield Finding(Severity.ERROR, path_text(path), place.line, place.column, message)


def _place_problems(file: CasesFile) -> Iterator[tuple[Path, str]]:
    locations = () if file.network is None else file.network.locations
    asked: list[tuple[Path, str, str]] = [
        (("network", "locations", index), each.country, each.postal_code)
        for index, each in enumerate(locations)
    ]
    asked += [
        (("cases", index, "order"), each.order.country, each.order.postal_code)
        for index, each in enumerate(file.cases)
    ]
    for path, country, postal_code in asked:
        if load_postal_index().lookup(country, postal_code) is None:
            message = f"is {postal_code!r}, which is unknown in {country}; give another one nearby"
            yield (*path, "postal_code"), message
