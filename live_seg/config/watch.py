"""Takes saved changes of configuration files over while the app runs."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from live_seg.config.build import Values, build, values_of
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
        self._files = {file: _stamp(file) for file in files}
        self._values = {file: _values(file) for file in files}

    def __call__(self, config: Config) -> Config | None:
        """The configuration with what was changed in the files since the last look; None if nothing was.

        Only keys whose values in the file differ from before are taken over, so that what was set on the command
        line or by a key stays. A bad file changes nothing; why is logged with its line.
        """
        differing: Values = {}
        for file, before in self._files.items():
            now = _stamp(file)
            if now == before:
                continue
            self._files[file] = now
            try:
                values = read_values(file) if now else {}
            except UsageError as error:
                log.error("%s (the configuration stays as it was)", error)
                continue
            for part, content in values.items():
                for key, value in content.items():
                    if self._values[file].get(part, {}).get(key) != value:
                        differing.setdefault(part, {})[key] = value
            self._values[file] = values
        if not differing:
            return None
        merged = values_of(config)
        for part, content in differing.items():
            merged[part].update(content)
        return build(merged)


def _values(file: Path) -> Values:
    try:
        return read_values(file)
    except UsageError:
        return {}


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
