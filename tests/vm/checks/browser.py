"""What a video call does: a page finds a camera by its label, opens it, and draws it."""

from __future__ import annotations

import json
import subprocess
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

from guest import PATIENCE_S

PAGE = """<!doctype html><title>call</title><script>
const answer = content => fetch('/answer', {method: 'POST', body: JSON.stringify(content)});
const cameras = async () =>
  (await navigator.mediaDevices.enumerateDevices()).filter(device => device.kind === 'videoinput');
async function call() {
  try {  // labels are told after consent only; the first camera itself is busy, with live-seg
    (await navigator.mediaDevices.getUserMedia({video: true})).getTracks().forEach(track => track.stop());
  } catch (error) {
    if (error.name !== 'NotReadableError') throw error;
  }
  const found = await cameras(), ours = found.find(camera => camera.label.includes(LABEL));
  if (!ours) throw new Error('not among ' + found.map(camera => camera.label));
  const stream = await navigator.mediaDevices.getUserMedia({video: {deviceId: {exact: ours.deviceId}}});
  const track = stream.getVideoTracks()[0];
  // Taken from the track, not from a <video>: laying out and playing a page is the slow part of an emulated browser.
  const {value: frame} = await new MediaStreamTrackProcessor({track}).readable.getReader().read();
  const canvas = new OffscreenCanvas(frame.displayWidth, frame.displayHeight);
  const context = canvas.getContext('2d');
  context.drawImage(frame, 0, 0);
  const {data} = context.getImageData(0, 0, canvas.width, canvas.height);
  const mean = [0, 1, 2].map(channel => {
    let sum = 0;
    for (let at = channel; at < data.length; at += 4) sum += data[at];
    return sum / (data.length / 4);
  });
  answer({width: canvas.width, height: canvas.height, mean, labels: found.map(camera => camera.label)});
}
call().catch(error => answer({error: String(error)}));
</script>"""

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--no-zygote",
    "--in-process-gpu",
    "--disable-gpu",
    "--window-size=64,64",
    "--no-first-run",
    "--use-fake-ui-for-media-stream",  # answers the question for consent with yes
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-features=AudioServiceOutOfProcess,MediaRouter,OptimizationHints,Translate",
]


class Handler(BaseHTTPRequestHandler):
    """Gives the page, takes its answer."""

    page: ClassVar[bytes]
    answer: ClassVar[dict]
    answered: ClassVar[threading.Event]

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.page)

    def do_POST(self) -> None:
        self.answer.update(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()
        self.answered.set()

    def log_message(self, *_: object) -> None:
        pass


def look(label: str) -> tuple[int, int, float, float, float, list[str]]:
    """Width, height, mean red, green, blue of the camera with that label, and the labels of all cameras."""
    Handler.page = PAGE.replace("LABEL", json.dumps(label)).encode()
    Handler.answer, Handler.answered = {}, threading.Event()
    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        address = f"http://127.0.0.1:{server.server_port}/"
        command = ["chromium", *FLAGS, f"--user-data-dir={profile}", address]
        browser = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        came = Handler.answered.wait(PATIENCE_S)
        browser.kill()
        said = browser.communicate()[1].decode(errors="replace")
    server.shutdown()
    assert came, f"no answer; {said[-500:]}"
    answer = Handler.answer
    assert "error" not in answer, answer["error"]
    return answer["width"], answer["height"], *answer["mean"], answer["labels"]
