"""What cannot be a graph."""

from __future__ import annotations


class NoGraphForm(Exception):  # a state, not an error: OpenCV does it then
    """This effect, size or setting has no form as a graph; says why."""
