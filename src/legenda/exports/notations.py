"""Formulas, figures, molecules and scores, each in the format of its field; nothing else of the page is written."""

from __future__ import annotations

from typing import BinaryIO, ClassVar

from legenda.document import Block, Page
from legenda.exports.base import Exporter, Origin
from legenda.exports.table_latex import latex
from legenda.exports.tables import table


class NotationExporter(Exporter):
    """The form of one format of every notation, in reading order.

    Attributes:
        between: what stands between two of them.
        single: a file holds no more than one; the first is written.
    """

    between: ClassVar[str] = "\n"
    single: ClassVar[bool] = False

    def __init__(self, out: BinaryIO, origin: Origin) -> None:
        super().__init__(out, origin)
        self._written = 0

    def _add(self, page: Page) -> None:
        for block in page.blocks:
            if not (self.single and self._written) and (text := self._form(block)):
                self._write((self.between if self._written else "") + text.rstrip("\n") + "\n")
                self._written += 1

    def _form(self, block: Block) -> str:
        return block.notation.forms.get(self.format, "") if block.notation else ""

    def close(self) -> None:
        """Write what waits for the end of a table."""
        self._rest()


class Latex(NotationExporter):
    """LaTeX of formulas, without delimiters, and of tables; an empty line between two."""

    format = "latex"
    suffix = ".tex"
    joins_tables = True

    def _form(self, block: Block) -> str:
        return latex(table(block)) if block.table else super()._form(block)


class Tikz(NotationExporter):
    """A `tikzpicture` for each figure."""

    format = "tikz"
    suffix = ".tikz"


class Svg(NotationExporter):
    """The first notation drawn again as SVG, to be held beside the picture it was read from."""

    format = "svg"
    suffix = ".svg"
    single = True

    def _form(self, block: Block) -> str:
        from legenda.notation import preview

        return preview.svg(block.notation) if block.notation else ""


class Smiles(NotationExporter):
    """SMILES, a line for each molecule."""

    format = "smiles"
    suffix = ".smi"
    between = ""


class Mol(NotationExporter):
    """MOL of one molecule, an SD file of several."""

    format = "mol"
    suffix = ".mol"
    between = "$$$$\n"


class Kern(NotationExporter):
    """Humdrum `**kern`."""

    format = "kern"
    suffix = ".krn"


class MusicXml(NotationExporter):
    """MusicXML of the first score."""

    format = "musicxml"
    suffix = ".musicxml"
    single = True


class Midi(NotationExporter):
    """The first score as a MIDI file, made of its MusicXML."""

    format = "midi"
    suffix = ".mid"
    binary = True
    single = True

    def _form(self, block: Block) -> str:
        return block.notation.forms.get("musicxml", "") if block.notation else ""

    def _write(self, text: str) -> None:
        from legenda.notation.score.midi import midi

        self._out.write(midi(text))
