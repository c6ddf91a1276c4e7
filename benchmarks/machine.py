"""What the measurements ran on, in words that fit any machine of the kind; versions of the programs."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version

import psutil

from legenda.runtime import processor

_FEATURES = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_bf16", "asimd", "bf16")
_PACKAGES = (
    "legenda",
    "onnxruntime",
    "openvino",
    "opencv-python-headless",
    "pypdfium2",
    "rapidocr",
    "ocrmypdf",
    "tesserocr",
)
_COMMANDS = {"tesseract": "--version", "pdftotext": "-v", "qpdf": "--version"}


def machine() -> str:
    """Cores, processor, features that matter for inference, memory, system."""
    facts, found = processor.facts(), processor.features()
    features = [f for f in _FEATURES if f in found]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    parts = [
        f"{cores} cores",
        " ".join(filter(None, (facts.get("model name", platform.processor()), _family(facts)))),
        ", ".join(features),
        f"{psutil.virtual_memory().total / 2**30:.0f} GiB of memory",
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
    ]
    return "; ".join(part for part in parts if part)


def versions() -> dict[str, str]:
    """Program to version, of what is installed."""
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    for command, option in _COMMANDS.items():
        if shutil.which(command):
            done = subprocess.run([command, option], capture_output=True, text=True, check=False)
            if number := re.search(r"\d+(\.\d+)+", done.stdout + done.stderr):
                found[f"{command} (command)"] = number[0]
    return found


def _family(facts: dict[str, str]) -> str:
    return f"(family {facts['cpu family']}, model {facts['model']})" if "cpu family" in facts else ""
