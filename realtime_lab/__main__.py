"""``python -m realtime_lab`` is the ``realtime-lab`` command."""

import sys

from .cli import main

sys.exit(main())
