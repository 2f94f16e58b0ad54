"""What has to be closed, as a context manager."""

from __future__ import annotations

from types import TracebackType
from typing import Self


class Closing:
    """Is closed at the end of its `with` block, however that ends."""

    def close(self) -> None:
        """Releases what it holds; may be called twice."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
