"""The Dockerfile and the compose file: what linters and their schema say, and what is promised of them.

Building needs a container engine, and is not done here.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from live_seg.bot.worker import LARGEST_DOWNLOAD, WORKERS
from live_seg.cli import bot, web
from live_seg.cli.main import commands

REPOSITORY = Path(__file__).resolve().parents[2]
DOCKERFILE = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = YAML(typ="safe").load((REPOSITORY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = sorted(COMPOSE["services"])


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.skipif(shutil.which("hadolint") is None, reason="hadolint is not installed")
def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    done = run("hadolint", "--no-color", "Dockerfile")
    assert (done.returncode, done.stdout) == (0, "")


def test_the_compose_file_keeps_to_the_schema_of_compose_files() -> None:
    done = run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_is_bounded_and_cannot_change_itself(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["pids_limit"] >= 500  # three libraries start a thread for each core, and servers have 128


@pytest.mark.parametrize(
    ("name", "pixels", "waiting_bytes"),
    [
        ("bot", bot._PIXELS, WORKERS * 2 * LARGEST_DOWNLOAD),
        ("web", web._PIXELS, 9 * 2 * web._BYTES),  # eight wait by default; a picture and its background each
    ],
)
def test_a_container_has_memory_for_the_largest_picture_what_waits_and_its_files(
    name: str, pixels: int, waiting_bytes: int
) -> None:
    service = COMPOSE["services"][name]
    files = re.search(r"size=(\d+)m", service["tmpfs"][0])
    assert files is not None
    assert service["mem_limit"].endswith("m")
    program, each_pixel = 300_000_000, 15  # see `Limits`
    needed = program + each_pixel * pixels + waiting_bytes + (int(files[1]) << 20)
    assert int(service["mem_limit"][:-1]) << 20 >= needed


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_runs_a_command_that_there_is_from_a_target_that_there_is(name: str) -> None:
    target = COMPOSE["services"][name]["build"]["target"]
    stage = DOCKERFILE.partition(f"FROM base AS {target}\n")[2].partition("\nFROM ")[0]
    command = re.search(r'^CMD \["(\w+)"', stage, re.MULTILINE)
    assert command is not None
    assert command[1] in commands()


def test_the_image_runs_as_nobody_special_and_the_page_tells_its_health() -> None:
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", DOCKERFILE, re.MULTILINE)
    assert "HEALTHCHECK" in DOCKERFILE.partition("FROM base AS web")[2]


def test_the_page_is_reached_from_this_machine_alone() -> None:
    assert all(port.startswith("127.0.0.1:") for port in COMPOSE["services"]["web"]["ports"])


def test_no_token_is_in_the_image_or_beside_it() -> None:
    assert "TOKEN" not in DOCKERFILE
    for service in COMPOSE["services"].values():
        assert all(re.fullmatch("[A-Z_]+TOKEN", entry) for entry in service["environment"])  # names without values


def test_only_what_the_image_is_made_of_is_sent_to_the_builder() -> None:
    lines = (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    sent = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    copied = {
        word for line in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE) for word in line.split()
    }
    assert rules[0] == "*"
    assert sent == copied
