"""Name -> class, for sources, engines, effects and sinks.

A registry looks into the files of its own folder first, then at the entry points of other installed
packages. To add something of ours: one file with one decorated class. To add something of yours: the
same class in your package, and in its pyproject.toml

    [project.entry-points."live_seg.effects"]
    sepia = "my_package.sepia:Sepia"
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Generic, TypeVar

from live_seg.errors import LiveSegError, unknown

T = TypeVar("T")
C = TypeVar("C", bound=type)


class Registry(Generic[T]):
    """The classes of one kind.

    Parameters
    ----------
    kind
        What one of them is called in messages: "effect".
    package
        The folder whose files register themselves; it is also the name of the entry point group.
    """

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self.package = package
        self._classes: dict[str, type[T]] = {}
        self._loaded = False

    def register(self, name: str) -> Callable[[C], C]:
        """Class decorator: makes the class known by `name`."""

        def add(cls: C) -> C:
            if name in self._classes and self._classes[name] is not cls:
                raise LiveSegError(f"two {self.kind}s are called {name!r}")
            self._classes[name] = cls
            return cls

        return add

    def get(self, name: str) -> type[T]:
        """Class of that name.

        Raises
        ------
        UsageError
            If there is none; names the nearest.
        """
        self._load_own()
        if name not in self._classes:
            self._load_foreign()
        if name not in self._classes:
            raise unknown(self.kind, name, self._classes)
        return self._classes[name]

    def names(self) -> list[str]:
        """All names, sorted."""
        self._load_own()
        self._load_foreign()
        return sorted(self._classes)

    def _load_own(self) -> None:
        if self._loaded:
            return
        self._loaded = True
        folder = importlib.import_module(self.package)
        for module in pkgutil.iter_modules(folder.__path__):
            importlib.import_module(f"{self.package}.{module.name}")

    def _load_foreign(self) -> None:
        for entry in entry_points(group=self.package):
            if entry.name not in self._classes:
                self._classes[entry.name] = entry.load()
