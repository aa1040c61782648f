from __future__ import annotations

import gzip
import io
import zipfile
from importlib.resources import files
from pathlib import Path

import pytest

from routing.geo.archive import unpack
from routing.geo.postal import PostalIndex
from routing.geo.postal_table import PostalTable
from routing.geo.recipe.build import build

PUBLISHED = Path(__file__).parents[3].parent / "shared" / "data" / "postal"

US_ZIP = """zip,lat,lng,tz,city,state,pop_2010,coord_source
10001,40.75,-73.99,America/New_York,New York,NY,21102,geonames
09508,19.9064,-75.2069,America/New_York,FPO AE,,,geonames
96910,13.452,144.7465,Pacific/Guam,Hagatna,GU,,geonames
"""
US_ZIP3 = """zip3,lat_mean,lng_mean,lat_popw,lng_popw,state,tz,pop_2010,zips
095,19.9064,-75.2069,19.9064,-75.2069,,America/New_York,0,1
100,40.75,-73.99,40.74,-73.98,NY,America/New_York,21102,1
969,13.452,144.7465,13.452,144.7465,GU,Pacific/Guam,0,1
"""
WORLD_HEADER = "country,postal_code,lat,lng,tz,place,admin1,places,radius_km\n"
DRESDEN = [
    f"DE,010{number:02d},51.0{number},13.7,Europe/Berlin,Dresden {number},Sachsen,{number % 2},0.0"
    for number in range(10, 15)
]
SCATTERED = [
    f"MX,010{number:02d},{number}.5,-99.1,America/Mexico_City,Town,State,1,0.0"
    for number in range(20, 25)
]


def write_sources(directory: Path, world: list[str]) -> Path:
    text = WORLD_HEADER + "\n".join(world) + "\n"
    (directory / "us_zip.csv.gz").write_bytes(gzip.compress(US_ZIP.encode()))
    (directory / "us_zip3.csv").write_text(US_ZIP3, encoding="utf-8")
    (directory / "world_postal_core24.csv.gz").write_bytes(gzip.compress(text.encode()))
    return directory


def index_of(content: bytes) -> PostalIndex:
    arrays = unpack(content)
    return PostalIndex(
        PostalTable.from_arrays(arrays, "code_"), PostalTable.from_arrays(arrays, "area_")
    )


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_packaged_files_are_what_the_recipe_makes_of_the_published_tables() -> None:
    if not PUBLISHED.is_dir():
        pytest.skip(f"the published tables are not at {PUBLISHED}")
    for name, content in build(PUBLISHED).items():
        packaged = files("routing.geo").joinpath("data", name).read_bytes()
        # Compressed bytes may differ between builds of zlib; what they hold may not.
        assert members(content) == members(packaged)


def test_the_same_tables_give_the_same_bytes_in_any_order_of_rows(tmp_path: Path) -> None:
    first = build(write_sources(tmp_path, DRESDEN))
    assert build(write_sources(tmp_path, DRESDEN[::-1])) == first


def test_military_rows_are_left_out(tmp_path: Path) -> None:
    built = build(write_sources(tmp_path, DRESDEN))
    index = index_of(built["postal.npz"])
    assert index.codes.row_of("US09508") is None
    assert index.areas.row_of("US095") is None
    assert unpack(built["zip3.npz"])["zip3"].tolist() == [100, 969]


def test_five_codes_close_together_make_an_area_at_their_mean(tmp_path: Path) -> None:
    index = index_of(build(write_sources(tmp_path, DRESDEN))["postal.npz"])
    found = index.lookup("DE", "01099") or pytest.fail("01099 was not found")
    assert found.coordinates.lat_deg == 51.012 + 0.0
    assert (found.region, found.tz) == ("Sachsen", "Europe/Berlin")


def test_four_codes_make_no_area(tmp_path: Path) -> None:
    index = index_of(build(write_sources(tmp_path, DRESDEN[:4]))["postal.npz"])
    assert index.lookup("DE", "01010") is not None
    assert index.lookup("DE", "01099") is None


def test_codes_far_apart_make_no_area(tmp_path: Path) -> None:
    index = index_of(build(write_sources(tmp_path, SCATTERED))["postal.npz"])
    assert index.lookup("MX", "01020") is not None
    assert index.lookup("MX", "01099") is None


def test_an_area_that_reaches_to_islands_not_listed_is_left_out(tmp_path: Path) -> None:
    index = index_of(build(write_sources(tmp_path, DRESDEN))["postal.npz"])
    assert index.lookup("US", "96910") is not None
    assert index.lookup("US", "96939") is None
    assert [key.decode() for key in index.areas.keys.tolist()] == ["DE01", "DE010", "US100"]


def test_a_name_that_holds_for_a_part_only_is_left_out(tmp_path: Path) -> None:
    index = index_of(build(write_sources(tmp_path, DRESDEN))["postal.npz"])
    names = [index.codes.place[row] for row in range(5)]
    assert names == [None, "Dresden 11", None, "Dresden 13", None]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("DE,1O115,52.5,13.4,Europe/Berlin,Berlin,Berlin,1,0.0", "does not fit its rule"),
        ("CA,K1A 0B1,45.4,-75.7,America/Toronto,Ottawa,Ontario,1,0.0", "does not fit its rule"),
        ("DE,10115,52.12345678,13.4,Europe/Berlin,Berlin,Berlin,1,0.0", "six decimals"),
    ],
)
def test_a_row_that_does_not_fit_stops_the_recipe(tmp_path: Path, row: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        build(write_sources(tmp_path, [row]))


def test_a_code_given_twice_stops_the_recipe(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="keys that repeat: \\['DE01010'\\]"):
        build(write_sources(tmp_path, [DRESDEN[0], DRESDEN[0]]))


def test_the_attributions_ship_with_the_data() -> None:
    text = files("routing.geo").joinpath("data", "ATTRIBUTION.md").read_text(encoding="utf-8")
    for owner in ("GeoNames", "CC BY 4.0", "US Census", "OpenStreetMap", "Royal Mail", "Crown"):
        assert owner in text
