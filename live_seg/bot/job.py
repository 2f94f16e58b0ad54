"""One picture that waits for its cut-out."""

from __future__ import annotations

from dataclasses import dataclass, field

from live_seg.bot.choices import Choice
from live_seg.bot.picture import Picture, Result
from live_seg.bot.texts import Texts


@dataclass(slots=True)
class Batch:
    """The pictures that were sent together: one, or an album. They share one row of buttons.

    Attributes
    ----------
    results
        The answers so far.
    """

    results: list[Result] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done with one picture.

    Attributes
    ----------
    chat
        Where it came from and the answer goes.
    picture, choice, texts
        What is cut out, how, and the language of its sender.
    batch, is_last
        What it came with; the buttons go under the last one.
    replaces
        The answer's message that gets another file; 0: a new message is sent.
    """

    chat: int
    picture: Picture
    choice: Choice
    texts: Texts
    batch: Batch
    is_last: bool = True
    replaces: int = 0
