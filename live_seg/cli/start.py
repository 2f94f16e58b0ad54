"""Where `live-seg` begins and ends: little is imported here, so Ctrl-C is answered from nearly the first moment on."""

import os
import signal
import sys


def main() -> int:
    """Runs live-seg; see `live_seg.cli.main.main`, which is imported only here.

    While it is imported Ctrl-C just ends the process: Python would print where in the import it was.
    """
    is_pythons = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # not so in the background
    if is_pythons:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from live_seg.cli.main import main as run

    if is_pythons:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    code = run()
    builder = sys.modules.get("live_seg.fused.builder")
    if builder and builder.is_at_work():
        from live_seg.engines.overheard import Overheard

        # All of ours is closed. A graph takes TensorRT minutes, nothing stops it, and Python's own end would abort it.
        Overheard.give_back()
        os._exit(code)
    return code
