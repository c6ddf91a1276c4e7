"""Where results are to go: standard output, a file, or a folder with a file per input and format."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path, PurePath

from legenda.errors import InvalidOptionError, OutputError
from legenda.exports import EXPORTERS
from legenda.exports.names import plain_name

# several of these may follow one another on one stream
_TEXTS = ("txt", "txt-layout", "md", "mmd", "json", "latex", "smiles")
# what a crop of each kind is written as, the first where nothing is asked for; all are written as `md` and `json`, too
_OF_CONTENT = {
    "formula": ("latex", "svg"),
    "table": ("html", "csv", "latex", "docx", "xlsx"),
    "chart": ("csv", "svg"),
    "geometry": ("tikz", "svg"),
    "molecule": ("smiles", "mol", "svg"),
    "score": ("kern", "musicxml", "midi", "svg"),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """Formats and their place.

    Attributes:
        formats: names of exporters; none where only JSON lines are asked for.
        output: file or folder; `None` for standard output.
        folder: `output` is a folder.
    """

    formats: tuple[str, ...]
    output: Path | None
    folder: bool

    @property
    def streamed(self) -> str:
        """The format that goes to standard output, or empty."""
        return self.formats[0] if self.formats and self.output is None else ""

    def files(self, stem: str) -> dict[str, Path]:
        """Format to file, for an input whose files begin with `stem`."""
        if self.output is None:
            return {}
        if not self.folder:
            return {self.formats[0]: self.output}
        suffixes = {name: EXPORTERS[name].suffix for name in self.formats}
        twice = Counter(suffixes.values())
        return {
            # txt and txt-layout share a suffix
            name: self.output / f"{stem}{suffix if twice[suffix] == 1 or f'.{name}' == suffix else f'.{name}{suffix}'}"
            for name, suffix in suffixes.items()
        }


def plan(formats: Sequence[str], output: str, *, several: bool, json_lines: bool) -> Plan:
    """Decide where results go, before anything is read.

    Args:
        formats: as given, each a name or several with commas between.
        output: file, folder, or empty or `-` for standard output.
        several: more than one input is to be read.
        json_lines: standard output is taken by JSON lines.

    Raises:
        InvalidOptionError: the options contradict each other.
        OutputError: `output` is a file where a folder is needed.
    """
    names = _formats(formats)
    if output in ("", "-"):
        return _streamed(names, several=several, json_lines=json_lines)
    path = Path(output)
    names = names or (_format_of(path),)
    folder = path.is_dir() or output.endswith(("/", os.sep)) or several or len(names) > 1
    if folder and path.exists() and not path.is_dir():
        raise OutputError(
            f"--output {output} is a file",
            "several files are to be written",
            "name a folder, or one file and one format",
        )
    return Plan(names, path, folder)


def of_content(content: str, formats: Sequence[str], output: str, *, json_lines: bool) -> tuple[str, ...]:
    """The formats of a reading whose pages are crops of one kind, checked to be able to say it.

    Args:
        content: `ReadOptions.content`.
        formats: as given.
        output: file, folder, or empty or `-` for standard output.
        json_lines: standard output is taken by JSON lines.

    Raises:
        InvalidOptionError: nothing of that kind can be written in one of the formats.
    """
    fit = _OF_CONTENT.get(content)
    if fit is None:
        return tuple(formats)
    for name in _formats(formats):
        if name not in (*fit, "md", "json"):
            raise InvalidOptionError(
                f"--as {content} is not written as {name}", "", f"choose from {', '.join((*fit, 'md', 'json'))}"
            )
    return tuple(formats) or (() if json_lines or output not in ("", "-") else fit[:1])


def asked_for(formats: Sequence[str], output: str) -> tuple[str, ...]:
    """Formats by name, as far as arguments tell them.

    Raises:
        InvalidOptionError: there is no such format.
    """
    names = _formats(formats)
    return names or ((_format_of(Path(output)),) if output not in ("", "-") else ())


def stems(names: Sequence[str]) -> list[str]:
    """A different beginning of a file name for each input: without its suffix where that is enough.

    `scan.png` and `scan.pdf` become `scan.png` and `scan.pdf`, two `scan.png` become `scan.png` and `scan.png-2`.
    """
    names = [plain_name(name) for name in names]
    short = [PurePath(name).stem or "stdin" for name in names]
    often = Counter(stem.casefold() for stem in short)  # some file systems do not tell A from a
    taken: set[str] = set()
    result = []
    for stem, name in zip(short, names, strict=True):
        full = stem if often[stem.casefold()] == 1 else PurePath(name).name or stem
        turns = chain((full,), (f"{full}-{turn}" for turn in count(2)))
        result.append(next(x for x in turns if x.casefold() not in taken))
        taken.add(result[-1].casefold())
    return result


def _formats(given: Sequence[str]) -> tuple[str, ...]:
    names = dict.fromkeys(part.strip().lower() for text in given for part in text.split(",") if part.strip())
    for name in names:
        if name not in EXPORTERS:
            raise InvalidOptionError(f"format {name!r} is not known", "", f"choose from {', '.join(EXPORTERS)}")
    return tuple(names)


def _format_of(path: Path) -> str:
    file = path.name.lower()
    return next((name for name in EXPORTERS if file.endswith(EXPORTERS[name].suffix)), "txt")


def _streamed(names: tuple[str, ...], *, several: bool, json_lines: bool) -> Plan:
    import sys

    if json_lines:
        if names:
            raise InvalidOptionError(
                "--json-lines and --format both want standard output", "", "name a file or folder with --output"
            )
        return Plan((), None, False)
    names = names or ("txt",)
    if len(names) > 1:
        raise InvalidOptionError("several formats cannot share standard output", "", "name a folder with --output")
    (name,) = names
    if several and name not in _TEXTS:
        raise InvalidOptionError(
            f"several {name} files cannot share standard output", "", "name a folder with --output"
        )
    if EXPORTERS[name].binary and sys.stdout.isatty():
        raise InvalidOptionError(
            f"{name} is no text for a terminal", "", "name a file with --output, or send it on with > or |"
        )
    return Plan(names, None, False)
