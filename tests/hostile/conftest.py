from __future__ import annotations

import sys
from pathlib import Path

# makers of test files, and jobs with faults, which sandbox children find by the same path
PLUGINS = str(Path(__file__).parents[1] / "plugins")
if PLUGINS not in sys.path:
    sys.path.append(PLUGINS)
