from __future__ import annotations

from pathlib import Path

import pytest

from legenda.runtime.processor import features, has_bf16

CPUINFO = Path("/proc/cpuinfo")


@pytest.mark.skipif(not CPUINFO.exists(), reason="only Linux says")
def test_features_are_what_linux_says() -> None:
    words = CPUINFO.read_text("utf-8").split()
    assert {"sse2", "asimd"} & features() == {"sse2", "asimd"} & set(words)
    assert has_bf16() == ("avx512_bf16" in words or "amx_bf16" in words)
