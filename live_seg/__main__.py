"""`python -m live_seg` is `live-seg`."""

import sys

from live_seg.cli.start import main

sys.exit(main())
