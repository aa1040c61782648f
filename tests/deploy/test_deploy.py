"""The files to deploy with say what the program understands."""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from allocation.cli.data_directory import data_directory
from allocation.server.config.knobs import KNOBS
from allocation.server.config.load import load
from allocation.server.config.sources import from_environment, from_file
from allocation.server.metrics.catalogue import METRICS, Kind
from allocation.server.security.exposure import exposure_problems
from tests.architecture.modules import ROOT
from tests.deploy.system_calls import NO_FILTER, RESOURCES_X86_64
from tools.dashboard import FILE, ROWS, dashboard

DEPLOY = ROOT / "deploy"
RULES = DEPLOY / "prometheus" / "shipfrom.rules.yaml"
MANIFESTS = DEPLOY / "kubernetes" / "shipfrom.yaml"
UNIT = DEPLOY / "shipfrom.service"


def documents(path: Path) -> list[dict[str, Any]]:
    return list(YAML(typ="safe").load_all(path.read_text(encoding="utf-8")))


def kinds() -> dict[str, dict[str, Any]]:
    return {each["kind"]: each for each in documents(MANIFESTS)}


def container() -> dict[str, Any]:
    found: dict[str, Any] = kinds()["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    return found


def series_in(expression: str) -> set[str]:
    """Return the metrics of ours that an expression reads, without the suffixes of histograms."""
    names = set(re.findall(r"\bshipfrom_[a-z_]+", expression))
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in names}


def test_the_settings_file_can_be_loaded_and_explains_only_what_exists() -> None:
    path = DEPLOY / "shipfrom.toml"
    settings = load((from_file(path),)).settings
    assert exposure_problems(settings.host, settings.security) == []
    assert settings.metrics.port
    commented = re.findall(r"^# ([a-z_]+) = ", path.read_text(encoding="utf-8"), re.MULTILINE)
    known = {name.rpartition(".")[2] for name in KNOBS}
    assert set(commented) <= known


def test_the_settings_of_the_pods_can_be_loaded_and_may_be_exposed(tmp_path: Path) -> None:
    path = tmp_path / "shipfrom.toml"
    path.write_text(kinds()["ConfigMap"]["data"]["shipfrom.toml"], encoding="utf-8")
    settings = load((from_file(path),)).settings
    assert exposure_problems(settings.host, settings.security) == []
    ports = {each["name"]: each["containerPort"] for each in container()["ports"]}
    assert ports == {"grpc": settings.port, "metrics": settings.metrics.port}
    pod = kinds()["Deployment"]["spec"]["template"]["spec"]
    pause = float(container()["lifecycle"]["preStop"]["exec"]["command"][1])
    leaving_s = settings.oldest_connection_s
    assert pod["terminationGracePeriodSeconds"] > settings.grace_s + leaving_s + pause
    mounted = {each["mountPath"] for each in container()["volumeMounts"]}
    for file in (settings.security.principals_file, settings.security.tls_key_file):
        assert str(file.parent) in mounted if file else False


def variables_of_the_image() -> dict[str, str]:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    last = text[text.rindex("\nFROM ") :].replace("\\\n", " ")
    lines = re.findall(r"^ENV (.*)$", last, re.MULTILINE)
    return dict(each.partition("=")[::2] for line in lines for each in line.split())


def test_the_image_leaves_every_setting_to_the_settings_file(tmp_path: Path) -> None:
    path = tmp_path / "shipfrom.toml"
    path.write_text(kinds()["ConfigMap"]["data"]["shipfrom.toml"], encoding="utf-8")
    variables = variables_of_the_image()
    assert from_environment(variables) == []
    settings = load((from_file(path), from_environment(variables))).settings
    assert settings.store.startswith("postgresql://")


def test_without_a_setting_the_image_keeps_its_store_in_its_volume(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    (volume,) = re.findall(r"^VOLUME (\S+)$", text, re.MULTILINE)
    monkeypatch.setenv("XDG_DATA_HOME", variables_of_the_image()["XDG_DATA_HOME"])
    assert data_directory() == Path(volume)


def test_the_password_of_the_database_is_no_file_that_the_group_can_read() -> None:
    # With fsGroup, Kubernetes lets the group read every secret that is mounted, and libpq passes
    # over a password file that others than its owner can read.
    pod = kinds()["Deployment"]["spec"]["template"]["spec"]
    assert "fsGroup" in pod["securityContext"]
    environment = {each["name"]: each for each in container()["env"]}
    assert "PGPASSFILE" not in environment
    assert "secretKeyRef" in environment["PGPASSWORD"]["valueFrom"]


def test_pods_are_probed_and_never_all_away() -> None:
    probes = {name: container()[f"{name}Probe"] for name in ("startup", "readiness", "liveness")}
    paths = {name: probe["httpGet"]["path"] for name, probe in probes.items()}
    assert paths == {"startup": "/live", "readiness": "/ready", "liveness": "/live"}
    assert all(probe["httpGet"]["port"] == "metrics" for probe in probes.values())
    budget, deployment = kinds()["PodDisruptionBudget"], kinds()["Deployment"]
    assert deployment["spec"]["replicas"] > budget["spec"]["minAvailable"] >= 1
    assert deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    for kind in ("Deployment", "PodDisruptionBudget"):
        assert kinds()[kind]["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert kinds()["Service"]["spec"]["selector"].items() <= labels.items()


def test_pods_have_no_rights_they_do_not_need() -> None:
    pod = kinds()["Deployment"]["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container()["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    # A Service of our own name would set SHIPFROM_PORT to an address otherwise.
    assert pod["enableServiceLinks"] is False


def test_variables_of_pods_unit_and_image_set_something() -> None:
    known = {knob.variable for knob in KNOBS.values()} | {"SHIPFROM_CONFIG"}
    named = {each["name"] for each in container()["env"]}
    for file in (UNIT, DEPLOY / "Containerfile"):
        named |= set(re.findall(r"\b(SHIPFROM_[A-Z_]+)=", file.read_text(encoding="utf-8")))
    assert {name for name in named if name.startswith("SHIPFROM_")} <= known


def test_the_image_has_a_user_of_its_own_and_the_locked_versions() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    last = text[text.rindex("\nFROM ") :]
    assert re.search(r"^USER 10001", last, re.MULTILINE)
    assert "--constraint constraints.txt" in text
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE):
        assert all((ROOT / each).exists() for each in source.split())


def test_alert_rules_read_metrics_that_exist_and_name_a_runbook() -> None:
    text = RULES.read_text(encoding="utf-8")
    rules = documents(RULES)[0]["groups"][0]["rules"]
    assert series_in(text) <= set(METRICS)
    alerts = [rule for rule in rules if "alert" in rule]
    runbook = (ROOT / "docs" / "operating" / "runbook.md").read_text(encoding="utf-8")
    headings = {
        line.removeprefix("## ").strip() for line in runbook.splitlines() if line.startswith("## ")
    }
    for alert in alerts:
        assert alert["labels"]["severity"] in {"page", "ticket"}
        name = alert["alert"]
        assert alert["annotations"]["runbook"] == f"docs/operating/runbook.md#{name.lower()}"
        assert name in headings
    assert {each["alert"] for each in alerts} == {each for each in headings if "ShipFrom" in each}


@pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not installed: apt install prometheus"
)
def test_promtool_accepts_the_rules_and_their_tests_pass() -> None:
    for command in (
        ["check", "rules", "shipfrom.rules.yaml"],
        ["test", "rules", "shipfrom.rules.test.yaml"],
    ):
        done = subprocess.run(
            ["promtool", *command], cwd=RULES.parent, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_tests_of_the_rules_name_alerts_that_exist() -> None:
    alerts = {rule.get("alert") for rule in documents(RULES)[0]["groups"][0]["rules"]}
    tests = documents(RULES.with_name("shipfrom.rules.test.yaml"))[0]["tests"]
    assert {case["alertname"] for each in tests for case in each["alert_rule_test"]} <= alerts


def test_the_dashboard_is_what_its_table_says_and_reads_metrics_that_exist() -> None:
    assert FILE.read_text(encoding="utf-8") == dashboard(), "run: python -m tools.dashboard"
    panels = json.loads(dashboard())["panels"]
    ids = [panel["id"] for panel in panels]
    assert len(set(ids)) == len(ids)
    read = set[str]()
    for row in ROWS.values():
        for panel in row:
            for query in panel.queries.values():
                read |= series_in(query)
                for name in re.findall(r"(shipfrom_[a-z_]+)_bucket", query):
                    assert METRICS[name].kind is Kind.HISTOGRAM
    assert read <= set(METRICS)
    # What nobody can see is not worth its cost.
    assert set(METRICS) - read <= {
        "shipfrom_stock_version",
        "shipfrom_rule_activation",
        "shipfrom_build_info",
    }


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)
def test_systemd_understands_the_unit() -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(UNIT)],
        capture_output=True,
        text=True,
        check=False,
    )
    problems = [
        line
        for line in done.stderr.splitlines()
        if UNIT.name in line and "not executable" not in line
    ]
    assert not problems


def test_the_unit_waits_for_the_drain_and_does_not_retry_what_cannot_work() -> None:
    text = UNIT.read_text(encoding="utf-8")
    settings = load((from_file(DEPLOY / "shipfrom.toml"),)).settings
    wait = re.search(r"^TimeoutStopSec=(\d+)$", text, re.MULTILINE)
    assert wait is not None
    assert float(wait[1]) > settings.grace_s + settings.oldest_connection_s
    assert "RestartPreventExitStatus=2\n" in text


@pytest.mark.skipif(
    (platform.system(), platform.machine()) != ("Linux", "x86_64"),
    reason="the numbers of system calls are those of Linux on x86_64",
)
def test_the_unit_forbids_no_system_call_that_planning_makes() -> None:
    filters = re.findall(r"^SystemCallFilter=(.*)$", UNIT.read_text("utf-8"), re.MULTILINE)
    assert "~@privileged @resources" in filters
    allowed = {name for each in filters if each[0] not in "~@" for name in each.split()}
    forbidden = [number for name, number in RESOURCES_X86_64.items() if name not in allowed]
    numbers = ",".join(map(str, forbidden))
    program = "from allocation.cli.app import main; main()"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.deploy.system_calls", numbers),
            *(sys.executable, "-c", program, "demo", "--orders", "2"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == NO_FILTER:
        pytest.skip(done.stderr)
    assert done.returncode == 0, f"{done.returncode}\n{done.stdout}{done.stderr}"


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
def test_kustomize_builds_the_manifests() -> None:
    done = subprocess.run(
        ["kubectl", "kustomize", str(MANIFESTS.parent)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    built = list(YAML(typ="safe").load_all(done.stdout))
    assert {each["kind"] for each in built} == set(kinds())
