"""`legenda watch`: a folder whose files are read as they come."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from legenda.cli.status import leaving, say

if TYPE_CHECKING:
    from legenda.pipeline import Reader

_HIDDEN = (".", "~")
_PARTIAL = (".part", ".partial", ".tmp", ".crdownload")


@leaving()
def watch(
    source: Annotated[Path, typer.Argument(metavar="IN", help="Folder to watch.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="Folder for results.")],
    format: Annotated[str, typer.Option("--format", "-f", help="Formats of results, commas between.")] = "pdf",
    lang: Annotated[str, typer.Option("--lang", "-l", help="Languages, commas between.")] = "",
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between looks.")] = 2.0,
    done: Annotated[Path | None, typer.Option(help="Folder read files are moved to; else they stay.")] = None,
    once: Annotated[bool, typer.Option("--once", help="Read what is there, then end.")] = False,
) -> None:
    """Read every file that appears in a folder, and write results to another.

    A file is read once it has stopped growing, and again when it changes. One that cannot be read gets a file
    NAME.error.txt, which says why.
    """
    from legenda.exports import STRUCTURED
    from legenda.languages import resolve
    from legenda.options import ReadOptions
    from legenda.pipeline import Reader

    formats = _formats(format)
    _check_folders(source, target, done)
    languages = tuple(resolve(name).code for name in lang.replace("+", ",").split(",") if name.strip())
    options = ReadOptions(languages=languages, structure=not STRUCTURED.isdisjoint(formats))
    with Reader(options) as reader:
        _Watch(source, target, formats, done, reader).run(every, once=once)


class _Watch:
    """Files that were seen, and what became of them."""

    def __init__(self, source: Path, target: Path, formats: tuple[str, ...], done: Path | None, reader: Reader) -> None:
        self._source, self._target, self._formats, self._done, self._reader = source, target, formats, done, reader
        self._growing: dict[Path, tuple[int, int]] = {}
        self._read: dict[Path, tuple[int, int]] = {}

    def run(self, every: float, *, once: bool) -> None:
        """Look again and again; `once`: until nothing is left to read."""
        while True:
            ready, waiting = self._look()
            for file in ready:
                self._one(file)
            if once and not waiting:
                return
            time.sleep(every if not once else min(every, 0.2))

    def _look(self) -> tuple[list[Path], bool]:
        """Files that have stopped growing, and whether others have not."""
        sizes = {file: _size(file) for file in sorted(self._source.iterdir()) if _is_file(file)}
        new = {
            file: size for file, size in sizes.items() if self._read.get(file) != size and not self._has_results(file)
        }
        ready = [file for file, size in new.items() if self._growing.get(file) == size]
        self._growing = {file: size for file, size in new.items() if file not in ready}
        return ready, bool(self._growing)

    def _one(self, file: Path) -> None:
        from legenda.errors import LegendaError

        size = _size(file)
        failure = self._target / f"{file.name}.error.txt"
        try:
            self._write(file)
            failure.unlink(missing_ok=True)
            say(f"read: {file.name}")
        except LegendaError as error:
            failure.write_text(f"{error}\n", "utf-8")
            say(f"{file.name}: {error}")
        self._read[file] = size
        if self._done and not failure.exists():
            file.replace(self._done / file.name)

    def _write(self, file: Path) -> None:
        from contextlib import ExitStack, closing

        from legenda.exports import EXPORTERS, Origin
        from legenda.exports.whole import written

        with ExitStack() as stack:
            pages = stack.enter_context(closing(self._reader.pages(file, file.name)))
            origin = Origin(file.name, file, None, pages.metadata, pages.count)
            outs = [stack.enter_context(written(path)) for path in self._results(file)]
            exporters = [EXPORTERS[name](out, origin) for name, out in zip(self._formats, outs, strict=True)]
            offset = 0
            for page in pages:
                placed = page.at(offset)
                offset += placed.span.length + 1
                for exporter in exporters:
                    exporter.add(placed)
            for exporter in exporters:
                exporter.close()

    def _results(self, file: Path) -> list[Path]:
        """Where results go; the whole name stays, since a.png and a.pdf may both come."""
        from legenda.exports import EXPORTERS

        return [self._target / f"{file.name}{EXPORTERS[name].suffix}" for name in self._formats]

    def _has_results(self, file: Path) -> bool:
        """Whether an earlier run has read it as it is."""
        try:
            at = file.stat().st_mtime
            return all(path.stat().st_mtime >= at for path in self._results(file))
        except OSError:
            return False


def _formats(given: str) -> tuple[str, ...]:
    from legenda.errors import InvalidOptionError
    from legenda.exports import EXPORTERS

    formats = tuple(part.strip() for part in given.split(",") if part.strip())
    unknown = [name for name in formats if name not in EXPORTERS]
    if unknown or not formats:
        what = f"There is no format {unknown[0]!r}" if unknown else "No format is given"
        raise InvalidOptionError(what, "", f"choose from {', '.join(EXPORTERS)}")
    return formats


def _check_folders(source: Path, target: Path, done: Path | None) -> None:
    from legenda.errors import NotFoundError, OutputError

    if not source.is_dir():
        raise NotFoundError(f"{source} is no folder", "", "name the folder to watch")
    for folder in filter(None, (target, done)):
        if folder.resolve() == source.resolve():
            raise OutputError(
                f"{folder} is the folder that is watched", "results would be read again", "choose another"
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{folder} cannot be written to", error.strerror or "") from None


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(_HIDDEN) and path.suffix.lower() not in _PARTIAL


def _size(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
        return stat.st_size, stat.st_mtime_ns
    except OSError:
        return -1, -1
