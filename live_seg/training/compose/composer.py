"""The recipe of a batch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from live_seg.frame import Size
from live_seg.training.compose.bank import Bank
from live_seg.training.compose.distractors import distracted
from live_seg.training.compose.draw import Draw, each
from live_seg.training.compose.framing import Origin, natural, reframed, room
from live_seg.training.compose.lens import blurred
from live_seg.training.compose.light import cast, low_light, recoloured, two_lights
from live_seg.training.compose.placing import Look, placed
from live_seg.training.compose.rooms import Rooms
from live_seg.training.compose.sensor import jpeg, noisy
from live_seg.training.compose.things import held, lying
from live_seg.training.config import Camera, Compose

NEAR, FAR, ANIMAL = (0.45, 1.5), (0.3, 0.7), (0.3, 0.9)
"""Height over the frame's: of a person before his own webcam, of one behind somebody, of an animal."""


@dataclass(frozen=True, slots=True)
class Frames:
    """A batch.

    Attributes
    ----------
    pictures
        RGB, float (N, 3, H, W) in 0..1.
    alpha
        float (N, 1, H, W) in 0..1.
    origin
        Of the natural frames, which come first; None if there are none.
    """

    pictures: Tensor
    alpha: Tensor
    origin: Origin | None

    def to(self, device: torch.device) -> Frames:
        """The same on another device."""
        return Frames(self.pictures.to(device), self.alpha.to(device), self.origin and self.origin.to(device))


_RARER = 3
"""Natural frames have a distractor, or no head, so much less often than rooms: it does not belong there."""


class Composer:
    """Makes batches of webcam frames.

    Parameters
    ----------
    bank
        Portraits.
    rooms
        Where they are put; without rooms every frame is a portrait in another framing.
    compose, camera
        The parts of the configuration.
    animals
        Cut-outs that are no persons.
    """

    def __init__(self, bank: Bank, rooms: Rooms, compose: Compose, camera: Camera, animals: Bank | None = None) -> None:
        self._bank = bank
        self._animals = animals
        self._rooms = rooms
        self._compose = compose
        self._camera = camera

    def __call__(self, count: int, size: Size, draw: Draw) -> tuple[Tensor, Tensor]:
        """Pictures and alpha of `frames`."""
        made = self.frames(count, size, draw)
        return made.pictures, made.alpha

    @torch.no_grad()
    def frames(self, count: int, size: Size, draw: Draw) -> Frames:
        """A batch, on the bank's device.

        Parameters
        ----------
        count
            Pictures.
        size
            Of the frames; multiples of 8.
        draw
            Chance: the batch depends on nothing else.
        """
        plain, own, empty = self._shares(count)
        parts, origin, bare = [], None, None
        if plain:
            bare, matte, origin = self._natural(plain, size, draw)
            parts.append(self._joined(bare, matte, draw))
        if own:
            pictures, alpha = reframed(self._bank, own, size, draw)
            parts.append((recoloured(pictures, draw, self._camera.colour), alpha))
        if count > plain + own:
            parts.append(self._in_rooms(count - plain - own, empty, size, draw))
        pictures, alpha = (torch.cat(tensors) for tensors in zip(*parts, strict=True))
        pictures, alpha = self._with_animals(pictures, alpha, draw)
        pictures = lying(pictures, alpha, draw, self._compose.clutter)
        pictures, alpha = held(pictures, alpha, draw, self._compose.held)
        if origin is not None and bare is not None:
            shown = torch.eq(pictures[:plain], bare).all(1, keepdim=True)
            origin = origin._replace(bare=origin.bare * shown)
        return Frames(cast(self._photographed(pictures, plain, draw), draw, self._camera.cast), alpha, origin)

    def _shares(self, count: int) -> tuple[int, int, int]:
        """How many frames are natural, how many reframed, and how many empty rooms."""
        natural, reframed = self._compose.natural, self._compose.reframed
        if not len(self._rooms.pictures):
            plain = round(count * natural / (natural + reframed)) if natural else 0
            return plain, count - plain, 0
        plain = round(count * natural)
        own = min(count - plain, round(count * reframed))
        empty = min(count - plain - own, max(round(count * self._compose.empty), int(self._compose.empty > 0)))
        return plain, own, empty

    def _natural(self, count: int, size: Size, draw: Draw) -> tuple[Tensor, Tensor, Origin]:
        """Pictures as they are, in half of the usual change of light."""
        pictures, alpha, origin = natural(
            self._bank, count, size, draw, self._compose.whole, self._compose.headless / _RARER, self._compose.tilted
        )
        return recoloured(pictures, draw, self._camera.colour / 2), alpha, origin

    def _joined(self, pictures: Tensor, alpha: Tensor, draw: Draw) -> tuple[Tensor, Tensor]:
        """Behind the persons of some stands out what is none; before some of them stands one person more."""
        pictures = distracted(pictures, alpha, self._rooms, draw, self._compose.distractors / _RARER)
        joined = round(len(pictures) * self._compose.joined)
        if joined:
            look = Look(self._compose.match_light, self._compose.clean_edges, self._camera.colour)
            front, matte = placed(pictures[:joined], alpha[:joined], self._bank, look, draw, NEAR)
            pictures, alpha = torch.cat([front, pictures[joined:]]), torch.cat([matte, alpha[joined:]])
        return pictures, alpha

    def _in_rooms(self, count: int, empty: int, size: Size, draw: Draw) -> tuple[Tensor, Tensor]:
        colour = self._camera.colour
        canvas = recoloured(room(self._rooms, count, size, draw), draw, colour)
        alpha = canvas.new_zeros(count, 1, size.height, size.width)
        canvas = distracted(canvas, alpha, self._rooms, draw, self._compose.distractors)
        full = count - empty
        second = round(full * self._compose.second)
        compose = self._compose
        look = Look(compose.match_light, compose.clean_edges, colour, compose.headless, compose.alike)
        # The furthest person is painted first.
        for many, heights in ((round(second * self._compose.third), FAR), (second, FAR), (full, NEAR)):
            if many:
                front, matte = placed(canvas[:many], alpha[:many], self._bank, look, draw, heights)
                canvas, alpha = torch.cat([front, canvas[many:]]), torch.cat([matte, alpha[many:]])
        return canvas, alpha

    def _with_animals(self, pictures: Tensor, alpha: Tensor, draw: Draw) -> tuple[Tensor, Tensor]:
        """Cats and dogs in front of some: what networks most often take for a person, in an arm or on a sofa."""
        if self._animals is None:
            return pictures, alpha
        chosen = draw.chance(len(pictures), self._compose.animal)
        if not chosen.any():
            return pictures, alpha
        look = Look(self._compose.match_light, self._compose.clean_edges, self._camera.colour)
        nobody = torch.zeros_like(alpha[chosen])
        pictures, alpha = pictures.clone(), alpha.clone()
        pictures[chosen], animal = placed(pictures[chosen], nobody, self._animals, look, draw, ANIMAL)
        alpha[chosen] = alpha[chosen] * (1 - animal)
        return pictures, alpha

    def _photographed(self, pictures: Tensor, plain: int, draw: Draw) -> Tensor:
        """What the camera makes of them; most of the first `plain`, the natural ones, it leaves as they are."""
        camera, before = self._camera, pictures
        pictures = two_lights(pictures, draw, camera.two_lights)
        pictures = low_light(pictures, draw, camera.low_light)
        pictures = blurred(pictures, draw, camera.blur, camera.motion_blur)
        if camera.noise:
            pictures = noisy(pictures, draw, camera.noise)
        pictures = jpeg(pictures, draw, camera.jpeg)
        if not plain:
            return pictures
        untouched = draw.chance(plain, self._compose.untouched)
        kept = torch.where(each(untouched), before[:plain], pictures[:plain])
        return torch.cat([kept, pictures[plain:]])
