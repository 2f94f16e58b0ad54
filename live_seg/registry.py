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
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import EntryPoint, entry_points
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
        self._packages: dict[str, str] = {}  # of those that are not ours
        self._loaded = False
        self._lock = threading.RLock()

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
        LiveSegError
            If it is of another package, which cannot be loaded.
        """
        self._load_own()
        if name not in self._classes:
            self._load_foreign(name)
        return self._classes[name]

    @contextmanager
    def making(self, name: str) -> Iterator[None]:
        """Within it one of that class is made: what it raises, and does not mean to, names the package it is of.

        Raises
        ------
        LiveSegError
            What the class raises on purpose; if it is of another package, instead of all else, too.
        """
        try:
            yield
        except LiveSegError:
            raise
        except Exception as error:  # whatever another package does wrong
            if name not in self._packages:
                raise
            what = f"the {self.kind} {name!r} of the package {self._packages[name]} cannot be made"
            raise LiveSegError(f"{what}: {type(error).__name__}: {error}", "Update or remove it.") from error

    def names(self) -> list[str]:
        """All names, sorted. Those of other packages are listed without being loaded."""
        self._load_own()
        return sorted({*self._classes, *self._foreign()})

    def _load_own(self) -> None:
        with self._lock:  # the network is loaded in a thread of its own
            if self._loaded:
                return
            folder = importlib.import_module(self.package)
            for module in pkgutil.iter_modules(folder.__path__):
                importlib.import_module(f"{self.package}.{module.name}")
            self._loaded = True

    def _foreign(self) -> dict[str, EntryPoint]:
        return {entry.name: entry for entry in entry_points(group=self.package)}

    def _load_foreign(self, name: str) -> None:
        entry = self._foreign().get(name)
        if entry is None:
            raise unknown(self.kind, name, self.names())
        package = entry.dist.name if entry.dist else entry.module
        try:
            self._classes[name] = entry.load()
            self._packages[name] = package
        except Exception as error:  # whatever another package does wrong
            raise LiveSegError(
                f"the {self.kind} {name!r} of the package {package} cannot be loaded: {error}", "Update or remove it."
            ) from error


def blamed_package(error: BaseException) -> str:
    """The package of another source, engine, effect or sink in whose code, or below, `error` was raised; or empty."""
    modules = {
        entry.module.partition(".")[0]: entry.dist.name if entry.dist else entry.module
        for kind in ("sources", "engines", "effects", "sinks")
        for entry in entry_points(group=f"live_seg.{kind}")
    }
    for frame, _ in traceback.walk_tb(error.__traceback__):
        module = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if module in modules:
            return modules[module]
    return ""
