"""The processor, as Linux describes it; elsewhere nothing is known."""

from __future__ import annotations

from pathlib import Path


def facts() -> dict[str, str]:
    """What `/proc/cpuinfo` says of the first core, names in lower case."""
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return {}
    pairs = (line.partition(":") for line in text.split("\n\n")[0].splitlines())
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def features() -> set[str]:
    """Extensions of its instructions: `avx512f`, `asimd`."""
    known = facts()
    return set(known.get("flags", known.get("features", "")).split())


def has_bf16() -> bool:
    """Whether it computes in bf16 itself."""
    return not features().isdisjoint({"avx512_bf16", "amx_bf16"})
