"""Model files: what is known of them, whether they are whole, and how they run."""

from live_seg.models.model import Model, Quality
from live_seg.models.network import Network
from live_seg.models.store import best_model, check, families, find_model, models

__all__ = ["Model", "Network", "Quality", "best_model", "check", "families", "find_model", "models"]
