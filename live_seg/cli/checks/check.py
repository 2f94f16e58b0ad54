"""One line of `live-seg doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How it stands with something."""

    OK = "ok"
    ABSENT = "absent"
    """Merely not there; live-seg runs without it."""
    FAILED = "failed"
    """It should work and does not."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was found.

    Attributes
    ----------
    subject
        "camera", "engine openvino": the same on every machine.
    state
        How it stands.
    text
        What was found, in one line.
    cure
        What to run or do; empty where there is nothing to mend.
    needed
        Whether live-seg cannot run at all unless this is ok.
    """

    subject: str
    state: State
    text: str
    cure: str = ""
    needed: bool = False
