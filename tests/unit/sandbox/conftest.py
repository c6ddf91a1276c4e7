from __future__ import annotations

from collections.abc import Iterator

import pytest

from legenda.sandbox import bubblewrap, launch, zygote


@pytest.fixture(params=["bubblewrap", "alone"], scope="module")
def isolation(request: pytest.FixtureRequest) -> Iterator[str]:
    """Children under bubblewrap, where it is installed and works, and without."""
    zygote.close()
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "alone":
            patch.setattr(bubblewrap, "program", lambda: None)
        elif why := launch.obstacle():
            pytest.skip(f"bubblewrap: {why}")
        yield request.param
        if request.param == "bubblewrap":
            assert launch._state.refused is None
        zygote.close()
