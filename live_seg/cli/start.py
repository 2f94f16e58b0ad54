"""Where `live-seg` begins: so little is imported here that Ctrl-C is answered from nearly the first moment on."""

import signal


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
    return run()
