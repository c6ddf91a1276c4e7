"""Many processes and nodes on one database and one bucket, and what becomes of the work when they are killed."""

import sys
from pathlib import Path

# what the tests start: Postgres, a bucket, Ray nodes
sys.path.append(str(Path(__file__).resolve().parents[2] / "tests" / "plugins"))
