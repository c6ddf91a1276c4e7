from __future__ import annotations

from importlib.util import find_spec

import pytest
from work import Bench

from legenda.execute.cluster import Cluster, RayExecutor


@pytest.mark.skipif(find_spec("ray") is not None, reason="tells of Ray not being installed; make cluster has the rest")
def test_without_ray(bench: Bench) -> None:
    """Nothing is begun, so the unit goes back as it was."""
    executor = RayExecutor(Cluster(), 2)
    assert (executor.capacity("cpu"), executor.capacity("vlm")) == (3, 0)
    with pytest.raises(OSError, match="Ray is not installed"):
        next(executor.run(bench.unit("prepare", bench.job(b""))))
    executor.close()
