from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from allocation.server.config.knobs import KNOBS
from allocation.server.config.load import Loaded, load
from allocation.server.config.sources import (
    Given,
    from_assignments,
    from_environment,
    from_file,
    unknown_variables,
)
from allocation.server.settings import ServerSettings
from routing.errors import InvalidInputError


def loaded(
    tmp_path: Path,
    file: str = "",
    environment: Mapping[str, str] | None = None,
    *assignments: str,
) -> Loaded:
    path = tmp_path / "shipfrom.toml"
    path.write_text(file, encoding="utf-8")
    return load(
        (from_file(path), from_environment(environment or {}), from_assignments(assignments))
    )


def problems(tmp_path: Path, *arguments: Any) -> dict[str, str]:
    with pytest.raises(InvalidInputError) as caught:
        loaded(tmp_path, *arguments)
    return {violation.path: violation.message for violation in caught.value.violations}


def test_without_sources_everything_is_as_by_default(tmp_path: Path) -> None:
    found = loaded(tmp_path)
    assert found.settings == ServerSettings()
    assert set(found.origins.values()) == {"default"}
    assert set(found.values) == set(KNOBS)


def test_options_win_over_variables_and_those_over_the_file(tmp_path: Path) -> None:
    file = "queue = 1\nport = 1111\nhost = '127.0.0.2'\n"
    found = loaded(tmp_path, file, {"SHIPFROM_QUEUE": "2", "SHIPFROM_PORT": "2222"}, "queue=3")
    assert (found.settings.queue, found.settings.port) == (3, 2222)
    assert found.settings.host == "127.0.0.2"
    assert found.origins["queue"] == "option --set"
    assert found.origins["port"] == "variable SHIPFROM_PORT"
    assert found.origins["host"] == f"file {tmp_path / 'shipfrom.toml'}"
    assert found.origins["threads"] == "default"


def test_tables_of_the_file_are_names_with_a_dot(tmp_path: Path) -> None:
    file = "[security]\nrate_per_s = 5\n[limits]\nlines = 7\n"
    found = loaded(tmp_path, file, {"SHIPFROM_SECURITY_RATE_BURST": "9"}, "limits.items=8")
    assert (found.settings.security.rate_per_s, found.settings.security.rate_burst) == (5.0, 9)
    assert (found.settings.limits.lines, found.settings.limits.items) == (7, 8)


def test_relative_paths_in_the_file_start_from_its_directory(tmp_path: Path) -> None:
    (tmp_path / "network").mkdir()
    for name in ("items.json", "locations.json"):
        (tmp_path / "network" / name).write_text("{}", encoding="utf-8")
    file = "network_files = ['network']\n[security]\nprincipals_file = 'who.toml'\n"
    found = loaded(tmp_path, file)
    assert found.settings.security.principals_file == tmp_path / "who.toml"
    names = [path.name for path in found.settings.network_files]
    assert names == ["locations.json", "items.json"]


def test_all_problems_of_all_sources_are_told_at_once(tmp_path: Path) -> None:
    file = (
        "quueue = 1\nport = 70000\nthreads = 'many'\nnetwork_files = ['gone.json']\n"
        "security = 5\n[limits]\nlines = 0\nlinse = 3\n"
    )
    found = problems(tmp_path, file, {"SHIPFROM_REFLECTION": "perhaps"}, "grace_s=-1")
    where = f"(file {tmp_path / 'shipfrom.toml'})"
    assert found == {
        "quueue": f"is no setting; did you mean queue? {where}",
        "port": f"is 70000; it must lie in [0, 65535] {where}",
        "threads": f"is 'many'; give a whole number {where}",
        "network_files": f"{tmp_path / 'gone.json'} does not exist {where}",
        "security": f"is a table; set security.tls_certificate_file and the like {where}",
        "limits.lines": f"is 0; it must lie in [1, 100000000] {where}",
        "limits.linse": f"is no setting; did you mean limits.lines? {where}",
        "reflection": "is 'perhaps'; give true or false (variable SHIPFROM_REFLECTION)",
        "grace_s": "is -1.0; it must lie in [0, 3600] (option --set)",
    }


def test_what_is_missing_beside_what_was_set_is_told_without_an_origin(tmp_path: Path) -> None:
    found = problems(tmp_path, "[security]\ntls_key_file = 'key'\n")
    assert found["security.tls_certificate_file"] == (
        "is missing; a certificate and its key go together"
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"port = ", "is not TOML"), (b"\xff", "is not TOML"), (None, "cannot be read")],
)
def test_a_file_that_cannot_be_read_is_told_by_name(
    tmp_path: Path, content: bytes | None, says: str
) -> None:
    path = tmp_path / "settings.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidInputError) as caught:
        from_file(path)
    assert caught.value.violations[0].path == str(path)
    assert says in caught.value.violations[0].message


def test_assignments_have_a_name_and_a_value() -> None:
    with pytest.raises(InvalidInputError) as caught:
        from_assignments(["queue", "=5", "fine=1"])
    assert len(caught.value.violations) == 2


def test_a_variable_that_sets_nothing_is_a_hint_and_no_error() -> None:
    environment = {
        "SHIPFROM_PROT": "1",
        "SHIPFROM_CONFIG": "file",
        "SHIPFROM_PORT": "1",
        "SHIPFROM_SERVICE_HOST": "10.0.0.1",
        "HOME": "/root",
    }
    hints = unknown_variables(environment, ["SHIPFROM_CONFIG"])
    assert len(hints) == 2
    assert hints[0] == "the variable SHIPFROM_PROT sets nothing; did you mean SHIPFROM_PORT?"
    assert "SHIPFROM_SERVICE_HOST" in hints[1]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("reflection", "YES", True),
        ("reflection", "off", False),
        ("reflection", True, True),
        ("port", " 5 ", 5),
        ("grace_s", 3, 3.0),
        ("grace_s", "0.5", 0.5),
        ("security.principals_file", "", None),
        ("network_files", "", ()),
        ("log_level", "debug", "DEBUG"),
    ],
)
def test_texts_become_what_the_setting_is(name: str, value: Any, expected: Any) -> None:
    if isinstance(value, str):
        given = from_assignments([f"{name}={value}"])
    else:
        given = [Given(name, value, "test", Path())]
    found = load((given,)).values[name]
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("name", "value"),
    [("port", True), ("port", 1.5), ("grace_s", "fast"), ("host", 5), ("network_files", 7)],
)
def test_values_of_another_type_are_refused(tmp_path: Path, name: str, value: Any) -> None:
    text = f"'{value}'" if isinstance(value, str) else str(value).lower()
    assert name in problems(tmp_path, f"{name} = {text}\n")


def test_every_setting_has_a_variable_of_its_own() -> None:
    variables = [knob.variable for knob in KNOBS.values()]
    assert len(set(variables)) == len(variables)


def test_every_setting_can_be_given_as_it_is_by_default() -> None:
    def leaves(settings: Any, prefix: str = "") -> dict[str, Any]:
        found: dict[str, Any] = {}
        for each in fields(settings):
            value = getattr(settings, each.name)
            if is_dataclass(value):
                found |= leaves(value, f"{prefix}{each.name}.")
            else:
                found[f"{prefix}{each.name}"] = value
        return found

    defaults = leaves(ServerSettings())
    assert set(defaults) == set(KNOBS)
    texts = [f"{name}={'' if value in (None, ()) else value}" for name, value in defaults.items()]
    assert load((from_assignments(texts),)).settings == ServerSettings()
