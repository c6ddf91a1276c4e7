from __future__ import annotations

import sys
from pathlib import Path

from legenda.sandbox import bubblewrap

# makers of test files, checks that many areas share, and faults, which sandbox children find by the same path
PLUGINS = str(Path(__file__).parent / "plugins")
if PLUGINS not in sys.path:
    sys.path.append(PLUGINS)
    bubblewrap.CODE.append(PLUGINS + "/sandbox_faults.py")
