"""Engines by name: our own and third parties', found by entry points of the group `legenda.engines`.

Models that write without places (`transcriber`) are found likewise, in the group `legenda.transcribers`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from threading import RLock
from typing import cast

from legenda.engines.base import Engine
from legenda.engines.transcriber import Transcriber
from legenda.errors import EngineError, InvalidOptionError, LegendaError, MissingComponentError

GROUP = "legenda.engines"
TRANSCRIBERS = "legenda.transcribers"
_OURS = "legenda"
_lock = RLock()
_engines: dict[str, Engine | Transcriber] = {}


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether an engine can be used.

    Attributes:
        target: what the entry point names, `package.module:Class`.
        distribution: name and version of the installed package it comes from.
        problem: empty, or why it cannot be used and what to do about it.
    """

    target: str
    distribution: str
    problem: str = ""


def get_engine(name: str) -> Engine:
    """The engine of this name; made once and then shared by all threads of the process.

    Raises:
        InvalidOptionError: no engine is called so.
        MissingComponentError: the engine is known, but something it needs is not installed.
        EngineError: the engine is broken: it raises, or it is not an engine.
    """
    engine = _loaded(name)
    if hasattr(engine, "read"):
        return cast(Engine, engine)
    raise EngineError(f"engine {name!r} cannot read alone", "it is a model that gives no places")


def get_transcriber(name: str) -> Transcriber | None:
    """The model of this name, shared like engines; `None` where an engine is called so.

    Raises:
        As `get_engine`.
    """
    model = _loaded(name)
    return cast(Transcriber, model) if hasattr(model, "transcribe") else None


def available(load: bool = False) -> dict[str, Availability]:
    """What is installed, by name.

    Args:
        load: make every engine to see whether it works; without, modules are only looked for, not imported.
    """
    return {name: _availability(entry, load) for name, entry in _entries().items()}


def _loaded(name: str) -> Engine | Transcriber:
    with _lock:
        if name not in _engines:
            _engines[name] = _made(_entry(name))
        return _engines[name]


@cache
def _entries() -> dict[str, EntryPoint]:
    both = [*entry_points(group=GROUP), *entry_points(group=TRANSCRIBERS)]
    # ours come last and win: a package cannot take the name of a built-in engine
    found = sorted(both, key=lambda e: (_distribution(e).partition(" ")[0] == _OURS, e.name))
    return {entry.name: entry for entry in found}


def _entry(name: str) -> EntryPoint:
    if entry := _entries().get(name):
        return entry
    raise InvalidOptionError(
        f"there is no engine {name!r}", f"installed are {', '.join(sorted(_entries()))}", "legenda doctor shows them"
    )


def _made(entry: EntryPoint) -> Engine | Transcriber:
    source = _distribution(entry).partition(" ")[0]
    try:
        engine = entry.load()()
    except LegendaError:
        raise
    except ImportError as error:
        command = f"pip install 'legenda[{entry.name}]'" if source == _OURS else f"pip install --upgrade {source}"
        raise MissingComponentError(f"engine {entry.name!r} cannot be loaded", str(error), command) from error
    except Exception as error:
        # a plugin may raise anything; whose fault it is must be plain
        raise EngineError(
            f"engine {entry.name!r} of package {source} failed to start",
            f"{type(error).__name__}: {error}",
            f"update or uninstall {source}",
        ) from error
    return _checked(engine, entry, source)


def _checked(engine: object, entry: EntryPoint, source: str) -> Engine | Transcriber:
    method = "transcribe" if entry.group == TRANSCRIBERS else "read"
    if isinstance(getattr(engine, "name", None), str) and callable(getattr(engine, method, None)):
        return engine  # type: ignore[return-value]
    raise EngineError(
        f"engine {entry.name!r} of package {source} is not an engine",
        f"{type(engine).__name__} lacks a name or the method {method}",
        f"update or uninstall {source}",
    )


def _availability(entry: EntryPoint, load: bool) -> Availability:
    return Availability(entry.value, _distribution(entry), _problem(entry, load))


def _problem(entry: EntryPoint, load: bool) -> str:
    try:
        if load:
            _loaded(entry.name)
        elif find_spec(entry.module) is None:
            return f"module {entry.module} is not there."
    except (LegendaError, ImportError) as error:
        return str(error)
    return ""


def _distribution(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else "unknown"
