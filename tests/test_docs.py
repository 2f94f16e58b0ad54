"""The docs name everything there is, and nothing that there is not."""

from __future__ import annotations

import inspect
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import write_reference

from live_seg.cli.live import configuration
from live_seg.cli.main import commands
from live_seg.config import build, keys
from live_seg.errors import UsageError
from live_seg.registry import Registry

REPOSITORY = Path(__file__).parents[1]
PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
everything = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
CODE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_reference_is_up_to_date() -> None:
    """Written by: python docs/write_reference.py."""
    assert (REPOSITORY / "docs" / "reference.md").read_text(encoding="utf-8") == write_reference.reference()


def test_every_option_of_every_command_is_in_the_docs() -> None:
    for name, parser in write_reference.parsers().items():
        for action in parser._actions:
            for option in action.option_strings:
                assert option in ("-h", "--help") or f"`{option}" in everything, f"live-seg {name} {option}"


@pytest.mark.parametrize("name", commands())
def test_every_command_is_in_the_docs(name: str) -> None:
    assert f"live-seg {name}" in everything


@pytest.mark.parametrize("name", keys())
def test_every_key_is_in_the_docs(name: str) -> None:
    assert f"`{name}`" in everything


@pytest.mark.parametrize("registry", write_reference.REGISTRIES, ids=lambda registry: registry.kind)
def test_everything_in_a_registry_is_in_the_docs_by_its_docstring(registry: Registry[Any]) -> None:
    for name in registry.names():
        first = (inspect.getdoc(registry.get(name)) or "").split("\n\n")[0]
        assert len(first) > 20, name
        assert f"| `{name}` |" in everything


def _commands_in(page: Path) -> Iterator[list[str]]:
    """What follows `live-seg` on each line of shell code."""
    for language, code in CODE.findall(page.read_text(encoding="utf-8")):
        if language not in ("sh", "bash", "console"):
            continue
        for line in code.replace("\\\n", " ").splitlines():
            for part in re.split(r"&&|\|(?!\|)|;", line.split("  #")[0]):
                words = shlex.split(part, comments=True)
                if words and Path(words[0]).name == "live-seg":
                    yield words[1:]


EXAMPLES = [(page, words) for page in PAGES for words in _commands_in(page)]


@pytest.mark.parametrize(("page", "words"), EXAMPLES, ids=lambda item: " ".join(item) if isinstance(item, list) else "")
def test_every_command_in_the_docs_is_understood(page: Path, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    command = words[0] if words and not words[0].startswith("-") else ""
    parser = write_reference.parsers().get(command)
    assert parser is not None, f"{page.name}: live-seg {command}"
    try:
        found = parser.parse(words[1:] if command else words)
        if not command:
            configuration(found)
    except SystemExit as end:  # --help
        assert end.code == 0
    except UsageError as error:
        pytest.fail(f"{page.name}: live-seg {' '.join(words)}: {error}")


def test_every_configuration_in_the_docs_is_valid() -> None:
    for page in PAGES:
        for language, code in CODE.findall(page.read_text(encoding="utf-8")):
            values = tomllib.loads(code) if language == "toml" else {}
            if "project" not in values and "model" not in values:
                build(values)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_of_ours_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
