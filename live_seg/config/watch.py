"""Takes saved changes of configuration files over while the app runs."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from live_seg.config.build import Values, build, default_values, values_of
from live_seg.config.toml_file import read_values
from live_seg.config.tree import Config
from live_seg.errors import UsageError

log = logging.getLogger("live_seg")


class Watch:
    """The files that a configuration came from, the weakest first; looked at when asked.

    Parameters
    ----------
    files
        They may not exist (yet).
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self._stamps = {file: _stamp(file) for file in files}
        self._values = {file: _values(file) for file in files}

    def __call__(self, config: Config) -> Config | None:
        """The configuration with what was changed in the files since the last look; None if nothing was.

        Only keys whose values in the files together differ from before are taken over, so that what was set on the
        command line or by a key stays; a key that is gone from them has its default again. A bad file changes nothing,
        and why is logged with its line. Nor does one that is missing or empty: it is just being saved.
        """
        before = self._together()
        for file, stamp in self._stamps.items():
            now = _stamp(file)
            if now == stamp or not now:
                continue
            self._stamps[file] = now
            try:
                self._values[file] = read_values(file)
            except UsageError as error:
                log.error("%s (the configuration stays as it was)", error)
        merged, after = values_of(config), self._together()
        for part, content in after.items():
            merged[part].update((key, value) for key, value in content.items() if value != before[part][key])
        return build(merged) if after != before else None

    def _together(self) -> Values:
        """What all files say, over the defaults."""
        values = default_values()
        for content in self._values.values():
            for part, keys in content.items():
                values[part].update(keys)
        return values


def _values(file: Path) -> Values:
    try:
        return read_values(file)
    except UsageError:
        return {}


def _stamp(file: Path) -> tuple[int, int] | None:
    """Changes when the file does; None if it is missing or empty."""
    try:
        status = file.stat()
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size) if status.st_size else None
