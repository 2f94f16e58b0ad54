"""Memory of `live-seg bot` through many pictures, the real network and a server that speaks the Bot API beside it.

    python benchmarks/bot_memory.py [--pictures 500] [--json FILE] [--plot FILE]

People send generated rooms in which the portrait stands that comes with live-seg: mostly small ones, every tenth of
12 megapixels as phones make them, one at the bot's limit. They choose colours, blur and backgrounds of their own in
between. After each answer the process's resident memory is read from /proc (Linux); "the most ever" is the kernel's
own maximum.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from matplotlib.figure import Figure

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "bot"))

from bot_api import BotApi
from bot_messages import TOKEN
from bot_people import Person

PEOPLE = 5
SMALL = ((640, 480), (800, 600), (480, 640), (1280, 720), (320, 240), (512, 512), (1000, 300))
PHONE, LIMIT = (4032, 3024), (4160, 3120)
CHOICES = ("Transparent", "Blur", "My picture", "#1976d2", "Transparent")
LARGE_EVERY, CHOOSE_EVERY = 10, 7
FILES = 200  # that the server keeps: nobody's background is older


def pictures(count: int) -> Iterator[tuple[str, bytes]]:
    """Name and content of each picture; the same in every run."""
    draw = random.Random(1)
    data = (files("live_seg") / "assets" / "astronaut.webp").read_bytes()
    portrait = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    for number in range(count):
        size = SMALL[number % len(SMALL)]
        if number % LARGE_EVERY == LARGE_EVERY - 1:
            size = LIMIT if number // LARGE_EVERY == count // LARGE_EVERY // 2 else PHONE
        suffix = (".jpg", ".png", ".webp")[number % 3] if size in SMALL else ".jpg"
        yield f"{number}{suffix}", cv2.imencode(suffix, _scene(portrait, size, draw))[1].tobytes()


def _scene(portrait: Any, size: tuple[int, int], draw: random.Random) -> Any:
    """A room of rectangles, and the portrait somewhere in it."""
    width, height = size
    scene = np.full((height, width, 3), [draw.randrange(256) for _ in range(3)], np.uint8)
    for _ in range(40):
        left, top = draw.randrange(width), draw.randrange(height)
        colour = [draw.randrange(256) for _ in range(3)]
        corner = (left + draw.randrange(width // 3), top + draw.randrange(height // 3))
        cv2.rectangle(scene, (left, top), corner, colour, -1)
    side = round(min(size) * draw.uniform(0.7, 1.0))
    left, top = draw.randrange(width - side + 1), draw.randrange(height - side + 1)
    scene[top : top + side, left : left + side] = cv2.resize(portrait, (side, side))
    noise = np.random.default_rng(draw.randrange(1000)).integers(0, 12, scene.shape, np.uint8)
    return cv2.add(scene, noise)


def memory_mb(pid: int, key: str) -> float:
    """`VmRSS` (resident now) or `VmHWM` (the most ever), in MB of a million bytes."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in status if line.startswith(key))) * 1024 / 1e6


async def measure(count: int) -> dict[str, Any]:
    """Runs the bot and sends the pictures, the next one when the last was answered."""
    async with BotApi() as api:
        words = ["-m", "live_seg", "bot", "--api", api.url]
        environment = os.environ | {"LIVE_SEG_BOT_TOKEN": TOKEN}
        bot = await asyncio.create_subprocess_exec(sys.executable, *words, env=environment)
        await api.until(lambda: api.named("getUpdates"), 300)
        start_mb, begin = memory_mb(bot.pid, "VmRSS"), time.monotonic()
        people = [Person(api, number, clock=time.time) for number in range(1, PEOPLE + 1)]
        samples: list[float] = []
        for number, (name, content) in enumerate(pictures(count)):
            person = people[number % PEOPLE]
            if number % CHOOSE_EVERY == CHOOSE_EVERY - 1:
                await _choose(api, person, CHOICES[number // CHOOSE_EVERY % len(CHOICES)], content)
            update = person.message(document=person.document(content, name))
            await api.put(update)
            await api.until(partial(_is_answered, person, update["message"]["message_id"]), 300)
            samples.append(round(memory_mb(bot.pid, "VmRSS"), 1))
            print(f"\r{number + 1} of {count}: {samples[-1]:.0f} MB", end="", file=sys.stderr)
            for each in people:  # what was answered is not kept here
                for message in each.chat.documents():
                    message["file"] = b""
            if len(api.files) > FILES:
                api.files.pop(next(iter(api.files)))
            api.calls.clear()
        seconds, most = time.monotonic() - begin, memory_mb(bot.pid, "VmHWM")
        bot.send_signal(signal.SIGTERM)
        code = await bot.wait()
    replies = [message for person in people for message in person.chat.messages.values() if message["from"]["is_bot"]]
    reasons = Counter(reply["text"] for reply in replies if "text" in reply and "reply_to_message" in reply)
    return {
        "command": f"python benchmarks/bot_memory.py --pictures {count}",
        "date": date.today().isoformat(),
        "pictures": count,
        "seconds": round(seconds, 1),
        "exit_code": code,
        "reasons": dict(reasons),
        "start_mb": round(start_mb, 1),
        "most_mb": round(most, 1),
        "resident_mb": samples,
    }


def _is_answered(person: Person, number: int) -> bool:
    """Whether the bot replied to a message, with a file or with a reason."""
    answers = (message.get("reply_to_message", {}) for message in person.chat.messages.values())
    return any(replied.get("message_id") == number for replied in answers)


async def _choose(api: BotApi, person: Person, choice: str, picture: bytes) -> None:
    """Writes a colour, or presses a button; a picture of one's own is sent with it."""
    if choice.startswith("#"):
        await person.says(choice)
        return
    asked = len(api.named("sendMessage"))
    await person.says("/start")
    await api.until(lambda: len(api.named("sendMessage")) > asked)
    await person.presses(choice)
    if choice == "My picture":
        await api.until(lambda: len(api.named("sendMessage")) > asked + 1)
        await person.sends(document=person.document(picture, "behind.jpg"))
        await api.until(lambda: len(api.named("sendMessage")) > asked + 2)


def plot(result: dict[str, Any], file: Path) -> None:
    """Resident memory after each answer, and the limit."""
    figure = Figure(figsize=(8, 3.6), layout="constrained")
    axes = figure.subplots()
    axes.plot(range(1, len(result["resident_mb"]) + 1), result["resident_mb"], linewidth=1, label="after each answer")
    axes.axhline(result["most_mb"], color="tab:orange", linewidth=1, label=f"the most ever, {result['most_mb']:.0f} MB")
    axes.axhline(600, color="tab:red", linestyle="--", linewidth=1, label="600 MB")
    axes.set(xlabel="pictures answered", ylabel="resident memory, MB", ylim=(0, 650), xlim=(0, result["pictures"]))
    axes.legend(loc="lower right")
    figure.savefig(file, dpi=110)


def main() -> None:
    """Measures, prints, writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=500)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    result = asyncio.run(measure(options.pictures))
    samples = result["resident_mb"]
    tenth = max(1, len(samples) // 10)
    early, late = statistics.median(samples[tenth : 2 * tenth] or samples), statistics.median(samples[-tenth:])
    print(
        f"\n{result['pictures']} pictures in {result['seconds']:.0f} s: {result['start_mb']:.0f} MB at the start, "
        f"at most {result['most_mb']:.0f} MB; {early:.0f} early, {late:.0f} late; exit code {result['exit_code']}"
    )
    if options.json:
        options.json.write_text(json.dumps(result) + "\n", encoding="utf-8")
    if options.plot:
        plot(result, options.plot)


if __name__ == "__main__":
    main()
