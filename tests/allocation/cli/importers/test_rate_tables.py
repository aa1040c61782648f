"""Tables of rate cards become a file that a server loads to the same cards."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from google.protobuf import json_format

from allocation.cli.failure import InvalidInputFileError
from allocation.cli.importers.rate_tables import import_rate_tables, rate_card_documents
from allocation.server.codec.findings import Findings
from allocation.server.put_rate_cards import put_rate_cards
from allocation.server.shipped import initial_state
from routing.network import Network
from routing.rating.load import shipped_cards
from routing.rating.load_transit import shipped_transit
from routing.rating.surcharge import PercentOf, SurchargeKind
from routing.v1 import network_service_pb2 as net

CARDS = (
    "card_id,carrier,service,service_name,pricing,currency,effective_from,effective_to,zone_scheme,"
    "source,not_to,service_level,min_price\n"
    "fast,acme,two-day,Acme Two Day,contract,USD,2026-01-01,,acme,contract,po_box,expedited,4.00\n"
)
RATES = (
    "card_id,zone,max_weight_lb,price\n"
    "fast,1,1,5.00\nfast,1,5,9.50\nfast,7,1,12.00\nfast,7,5,21.00\n"
)
ZONES = (
    "carrier,origin_zip3,dest_zip3,zone,origin_country,dest_country\n"
    "acme,071,021,1,,\nacme,,,7,,CA\n"
)
TRANSIT = (
    "carrier,service,zone,min_business_days,max_business_days,basis,origin_zip3,dest_zip3,"
    "on_time_percent,delivery_weekdays,holiday_country\n"
    "acme,two-day,1,1,2,PUBLISHED,,,98,1111110,US\n"
    "acme,two-day,,1,1,MEASURED,071,021,,,\n"
)


def written(directory: Path, **tables: str) -> Path:
    content = {"cards": CARDS, "rates": RATES, "zones": ZONES, "transit_days": TRANSIT, **tables}
    for name, text in content.items():
        (directory / f"{name}.csv").write_text(text, encoding="utf-8")
    return directory


def loaded(directory: Path) -> Network:
    """Return the network of a server that loads what is written."""
    (text,) = rate_card_documents(import_rate_tables(directory)).values()
    request = json_format.ParseDict(json.loads(text), net.PutRateCardsRequest())
    findings = Findings()
    state = put_rate_cards(
        initial_state(shipped_rates=False),
        request.rate_cards,
        request.zone_charts,
        request.transit_tables,
        findings,
    )
    findings.raise_if_refused()
    return state.network


def test_the_shipped_tables_come_back_as_the_shipped_cards(tmp_path: Path) -> None:
    data = files("routing.rating").joinpath("data")
    for name in ("cards.csv", "rates.csv", "surcharges.csv", "transit_days.csv"):
        (tmp_path / name).write_text(data.joinpath(name).read_text(encoding="utf-8"))
    network = loaded(tmp_path)
    read = {card.id: card for card in network.cards.cards}
    for card in shipped_cards():
        other = read[card.id]
        for field in ("rates", "not_to", "service_level", "max_weight_ug", "areas"):
            assert getattr(other, field) == getattr(card, field), (card.id, field)
        # Of a flat amount, what a percentage would be of has no meaning.
        for said, meant in zip(other.surcharges, card.surcharges, strict=True):
            assert replace(said, percent_of=meant.percent_of) == meant
    for table in shipped_transit():
        days = network.transit[table.carrier, table.service]
        assert (days.ranges, days.pairs, days.delivers) == (
            table.ranges, table.pairs, table.delivers,
        )  # fmt: skip


def test_zones_countries_and_days_come_along(tmp_path: Path) -> None:
    network = loaded(written(tmp_path))
    (card,) = network.cards.cards
    assert (card.service_level.value, card.min_price_minor) == ("expedited", 400)
    assert {kind.value for kind in card.not_to} == {"po_box"}
    chart = network.zone_resolvers["acme"].chart
    assert chart is not None
    assert dict(chart.by_country) == {("", "CA"): 7}
    assert chart.by_destination[21][71] == 1
    table = network.transit[card.carrier, card.service]
    assert table.delivers.weekdays == frozenset(range(6))
    assert [(each.max_business_days, each.on_time_percent) for each in table.ranges] == [(2, 98)]
    assert [each.max_business_days for each in table.pairs.values()] == [1]


def test_what_a_percentage_is_of_comes_along(tmp_path: Path) -> None:
    surcharges = (
        "card_id,name,kind,amount,percent_of\n"
        "fast,fuel,PERCENT,12.5,BASE\nfast,peak,PERCENT,3,BASE_AND_FLATS\nfast,home,FLAT,1,\n"
    )
    (card,) = loaded(written(tmp_path, surcharges=surcharges)).cards.cards
    percents = [each for each in card.surcharges if each.kind is SurchargeKind.PERCENT]
    assert [(each.name, each.amount, each.percent_of) for each in percents] == [
        ("fuel", 1_250, PercentOf.BASE),
        ("peak", 300, PercentOf.BASE_AND_FLATS),
    ]


def test_only_cards_and_rates_are_needed(tmp_path: Path) -> None:
    directory = written(tmp_path)
    for name in ("zones.csv", "transit_days.csv"):
        (directory / name).unlink()
    assert len(import_rate_tables(directory).rate_cards) == 1


def test_every_problem_has_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputFileError) as caught:
        import_rate_tables(written(tmp_path, rates=RATES.replace("9.50", "4.00")))
    assert "rates.csv:3" in caught.value.details[0]
    with pytest.raises(InvalidInputFileError) as caught:
        import_rate_tables(written(tmp_path, cards=CARDS.replace("po_box", "boxes")))
    assert "not_to 'boxes' is not one of po_box, military" in caught.value.details[0]
    with pytest.raises(InvalidInputFileError) as caught:
        import_rate_tables(written(tmp_path, zones=ZONES.replace("071,021", "x,021")))
    assert "zones.csv:2" in caught.value.details[0]


def test_a_directory_without_tables_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputFileError, match="1 problem") as caught:
        import_rate_tables(tmp_path)
    assert "cards.csv" in caught.value.details[0]
