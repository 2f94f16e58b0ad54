"""Memory of `live-seg web` under many uploads at once.

python benchmarks/web_memory.py [uploads] [megapixels] [megapixels of a picture that comes behind]
"""

from __future__ import annotations

import collections
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import numpy as np
import requests
from PIL import Image

PORTRAIT = Path(__file__).parent.parent / "live_seg" / "assets" / "astronaut.webp"
PATIENCE_S = 600


def main(uploads: int = 200, megapixels: float = 12.0, behind: float = 0.0) -> None:
    """Prints how the memory went and what was answered."""
    command = [sys.executable, "-m", "live_seg", "web", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found
            measure(f"{found[0]}api/cutout", process.pid, uploads, megapixels, behind)
        finally:
            process.terminate()


def measure(address: str, pid: int, uploads: int, megapixels: float, behind: float) -> None:
    """One picture, one more, then many at once, twice."""
    data = {"image": photo(megapixels)} | ({"background": photo(behind)} if behind else {})
    each_mb = sum(map(len, data.values())) / 1e6
    print(f"{uploads} uploads at once of {megapixels:g} megapixels before {behind:g}, {each_mb:.1f} MB each")
    print(f"at the start: {resident_mb(pid):.0f} MB")
    for words in ("after one picture", "after two pictures"):
        upload(address, data)
        print(f"{words}: {resident_mb(pid):.0f} MB, peak {peak_mb(pid):.0f} MB")
    for _ in range(2):
        start, most, over = time.monotonic(), 0.0, threading.Event()
        with ThreadPoolExecutor(uploads + 1) as pool:
            watch = pool.submit(watched_mb, pid, over)
            answers = collections.Counter(pool.map(lambda _: upload(address, data), range(uploads)))
            over.set()
            most = watch.result()
        print(f"{uploads} at once: {dict(answers)} in {time.monotonic() - start:.0f} s, at most {most:.0f} MB")
    time.sleep(1)
    print(f"at the end: {resident_mb(pid):.0f} MB")


def photo(megapixels: float) -> bytes:
    """The demo's portrait, enlarged, with a camera's noise: a JPEG."""
    portrait = Image.open(PORTRAIT).convert("RGB")
    width = round((megapixels * 1e6 * portrait.width / portrait.height) ** 0.5)
    large = np.asarray(portrait.resize((width, round(megapixels * 1e6 / width)), Image.Resampling.BICUBIC), np.int16)
    noise = np.random.default_rng(0).normal(0, 4, large.shape)
    stream = BytesIO()
    Image.fromarray((large + noise).clip(0, 255).astype(np.uint8)).save(stream, "JPEG", quality=90)
    return stream.getvalue()


def upload(address: str, data: dict[str, bytes]) -> int:
    """The status."""
    files = {part: (f"{part}.jpg", content) for part, content in data.items()}
    return requests.post(address, files=files, timeout=PATIENCE_S).status_code


def watched_mb(pid: int, over: threading.Event) -> float:
    """Most memory until `over` is set."""
    most = 0.0
    while not over.wait(0.02):
        most = max(most, resident_mb(pid))
    return most


def resident_mb(pid: int) -> float:
    """Memory of the process now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1e6


def peak_mb(pid: int) -> float:
    """Most memory that the process had."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) * 1024 / 1e6 if found else 0.0


if __name__ == "__main__":
    main(*(kind(word) for kind, word in zip((int, float, float), sys.argv[1:], strict=False)))
