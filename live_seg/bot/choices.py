"""What each chat has chosen; the chats that were silent for longest are forgotten first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from live_seg.bot.picture import Result

TRANSPARENT, BLUR, OWN = "transparent", "blur", "own"

CHATS = 5000
"""Chats that are remembered: a few hundred bytes each."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Choice:
    """What goes behind, and who is cut out.

    Attributes
    ----------
    background
        "transparent", "blur", "own", or a colour such as "#00b140".
    own_file
        Telegram's id of the user's picture; the picture itself stays there.
    model
        "person" or "pets".
    """

    background: str = TRANSPARENT
    own_file: str = ""
    model: str = "person"


@dataclass(slots=True)
class Chat:
    """The state of one chat.

    Attributes
    ----------
    choice
        What was chosen last.
    awaits_background
        The results that are to be made anew once the background has come; None: the next picture is no background.
    knows_we_were_away
        Whether it was told already that older pictures are not done.
    """

    choice: Choice = field(default_factory=Choice)
    awaits_background: tuple[Result, ...] | None = None
    knows_we_were_away: bool = False


class Recent(Generic[K, V]):
    """A dictionary of the entries that were used last; makes one that is missing."""

    def __init__(self, most: int, make: Callable[[], V]) -> None:
        self._most = most
        self._make = make
        self._entries: OrderedDict[K, V] = OrderedDict()

    def __getitem__(self, key: K) -> V:
        value = self._entries.pop(key) if key in self._entries else self._make()
        self[key] = value
        return value

    def __setitem__(self, key: K, value: V) -> None:
        self._entries[key] = value
        self._entries.move_to_end(key)
        while len(self._entries) > self._most:
            self._entries.popitem(last=False)

    def __contains__(self, key: K) -> bool:
        return key in self._entries

    def __len__(self) -> int:
        return len(self._entries)
