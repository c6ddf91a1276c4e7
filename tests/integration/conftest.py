from __future__ import annotations

import sys
from pathlib import Path

PLUGINS = str(Path(__file__).parents[1] / "plugins")
if PLUGINS not in sys.path:
    sys.path.append(PLUGINS)
