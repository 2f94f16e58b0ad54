"""Still portraits become webcam frames, in batches, on the CPU as on a GPU.

bank ─▶ framing (natural, reframed) ─────┐
rooms ─▶ placing (persons into a room) ──┼─▶ things ─▶ light ─▶ lens ─▶ sensor ─▶ image, alpha
rooms ─▶ empty ──────────────────────────┘
"""

from live_seg.training.compose.bank import Bank, load_animals, load_bank
from live_seg.training.compose.composer import Composer
from live_seg.training.compose.draw import Draw
from live_seg.training.compose.rooms import Rooms, load_rooms

__all__ = ["Bank", "Composer", "Draw", "Rooms", "load_animals", "load_bank", "load_rooms"]
