"""A parser of formulas: what is not LaTeX is found, mended where one mending is likely, and counted.

The parse is recursive descent over groups, after the grammar of Knuth's math lists (TeXbook, appendix G) as far as a
formula without definitions needs it. Nothing is expanded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from legenda.notation.formula.commands import (
    ARGUMENTS,
    DELIMITERS,
    EMPTY,
    ENVIRONMENTS,
    FUNCTIONS,
    INFIX,
    OPTIONAL,
    RUNS,
    SIZED_TEXT,
    SIZES,
    SPELLINGS,
    SWITCHES,
    SYMBOLS,
)

_DEEP = 40  # groups within groups; TeX and browsers give up later, formulas are done much sooner


@dataclass
class Parsed:
    """A formula that is LaTeX.

    Attributes:
        tokens: of the mended formula.
        mendings: what was wrong, in words, in the order it was met; empty when nothing was.
    """

    tokens: list[str] = field(default_factory=list)
    mendings: list[str] = field(default_factory=list)


def parse(sequence: Sequence[str]) -> Parsed:
    """Parse and mend: groups are closed, what has no partner is left out, arguments are filled in."""
    parser = _Parser(_spelled(sequence))
    found = parser.rows() if parser.has_rows() else parser.items("")
    while parser.more():  # something closes that was never opened
        parser.mend(f"{parser.take()} without its partner")
        found += parser.items("")
    return Parsed(found, parser.mendings)


def _spelled(sequence: Sequence[str]) -> list[str]:
    """One name for each sign; three dots are one sign."""
    found: list[str] = []
    for sign in sequence:
        if sign in EMPTY:
            continue
        found.append(SPELLINGS.get(sign, sign))
        for run, one in RUNS.items():
            if tuple(found[-len(run) :]) == run:
                found[-len(run) :] = [one]
    return found


def _end_of_group(sequence: Sequence[str], at: int) -> int:
    """Index behind the group that begins at `at`, in tokens that parse."""
    depth = 0
    for place in range(at, len(sequence)):
        depth += (sequence[place] == "{") - (sequence[place] == "}")
        if depth == 0:
            return place + 1
    return len(sequence)


def _bare(inside: list[str]) -> list[str]:
    """Without braces around all of it."""
    while inside[:1] == ["{"] and _end_of_group(inside, 0) == len(inside):
        inside = inside[1:-1]
    return inside


def _is_atom(inside: Sequence[str]) -> bool:
    """One sign, or one command with its arguments: braces around it change nothing but a space."""
    if len(inside) == 1:
        return inside[0] not in (",", ".", ":", ";") and inside[0][1:] not in SWITCHES
    name = inside[0][1:] if inside else ""
    if name not in ARGUMENTS or inside[1] != "{":
        return False
    at = 1
    for _ in range(ARGUMENTS[name]):
        at = _end_of_group(inside, at)
    return at == len(inside)


def _shortened(command: list[str]) -> list[str]:
    r"""`\operatorname{sin}` as `\sin`."""
    if command[0] == "\\operatorname":
        start = 2 if command[1] == "*" else 1
        name = "".join(command[start + 1 : -1])
        if name in FUNCTIONS:
            return ["\\" + name]
    return command


class _Parser:
    """Takes tokens from the left; every method gives back the tokens of what it has parsed."""

    def __init__(self, sequence: Sequence[str]) -> None:
        self._tokens, self._at, self._depth = sequence, 0, 0
        self.mendings: list[str] = []

    def more(self) -> bool:
        return self._at < len(self._tokens)

    def peek(self) -> str:
        return self._tokens[self._at] if self.more() else ""

    def take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def mend(self, what: str) -> None:
        self.mendings.append(what)

    def has_rows(self) -> bool:
        """Lines are broken, or aligned, outside of any environment."""
        depth = 0
        for sign in self._tokens:
            depth += (sign == "\\begin") - (sign == "\\end")
            if depth == 0 and sign in ("\\\\", "&"):
                return True
        return False

    def rows(self) -> list[str]:
        """A formula of several lines, set into the environment they need."""
        found: list[str] = []
        while self.more():
            found += self.items("", cells=True)
            if self.more() and self.peek() not in ("\\\\", "&"):
                self.mend(f"{self.take()} without its partner")
            elif self.more():
                found.append(self.take())
        return ["\\begin", *"{aligned}", *found, "\\end", *"{aligned}"]

    def items(self, end: str, *, cells: bool = False) -> list[str]:
        r"""Atoms with their scripts, up to what closes the list (not taken).

        Args:
            end: `}`, `]`, `\right` or `\end`; empty for the whole formula.
            cells: whether `&` and line breaks belong here.
        """
        found: list[str] = []
        scripts: set[str] = set()
        while self.more():
            sign = self.peek()
            if sign == end or sign in ("}", "\\right", "\\end") or (cells and sign in ("&", "\\\\")):
                return found
            if sign in ("^", "_"):
                found += self._script(scripts, bare=not found)
            elif sign[1:] in INFIX and sign[0] == "\\":
                return self._infix(found, end, cells=cells)
            elif sign in ("&", "\\\\"):
                self.mend(f"{self.take()} outside of a table")
            elif sign == "'":
                found.append(self.take())
            else:
                scripts.clear()
                found += self._atom()
        return found

    def _infix(self, above: list[str], end: str, *, cells: bool) -> list[str]:
        """All before and all after it in the group, as one fraction."""
        name = self.take()[1:]
        below = self.items(end, cells=cells)
        return [INFIX[name], "{", *above, "}", "{", *below, "}"]

    def _script(self, before: set[str], *, bare: bool) -> list[str]:
        mark = self.take()
        if not self.more() or self.peek() in ("}", "^", "_", "&", "\\\\", "\\right", "\\end", ")"):
            self.mend(f"{mark} with nothing after it")
            return []
        lead = ["{", "}"] if bare else []
        if mark in before:
            self.mend(f"two {mark} one after the other")
            lead = ["{", "}"]
            before.clear()
        before.add(mark)
        return [*lead, mark, *self._argument()]

    def _argument(self) -> list[str]:
        """A group, or one atom, which gets braces; braces within braces go."""
        if self.peek() == "{":
            return ["{", *_bare(self._group()), "}"]
        if not self.more() or self.peek() in ("}", "&", "\\\\", "\\right", "\\end", "^", "_"):
            self.mend("an argument is missing")
            return ["{", "}"]
        return ["{", *self._atom(), "}"]

    def _group(self) -> list[str]:
        """What stands between braces."""
        self.take()
        self._depth += 1
        found = self.items("}") if self._depth < _DEEP else []
        self._depth -= 1
        if self.peek() == "}":
            self.take()
        elif self._depth < _DEEP:
            self.mend("{ is never closed")
        return found

    def _atom(self) -> list[str]:
        sign = self.peek()
        name = sign[1:]
        if sign == "{":
            inside = _bare(self._group())
            if _is_atom(inside):
                return inside
            return ["{", *inside, "}"] if inside or self.peek() in ("^", "_") else []
        self.take()
        if sign == "\\left":
            return self._fenced()
        if sign == "\\begin":
            return self._environment()
        if name in SIZES:
            return self._sized(sign)
        if sign[0] != "\\" or not name.isalpha():
            return [] if sign in ("$", "%") else ["\\#"] if sign == "#" else [sign]
        if name in ARGUMENTS:
            return _shortened(self._command(sign))
        if name in SYMBOLS or name in SWITCHES:
            return [] if name in SIZED_TEXT else [sign]
        self.mend(f"{sign} is no command")
        return []

    def _command(self, sign: str) -> list[str]:
        found, name = [sign], sign[1:]
        if name == "operatorname" and self.peek() == "*":
            found.append(self.take())
        if name in OPTIONAL and self.peek() == "[":
            found += [self.take(), *self.items("]")]
            if self.peek() == "]":
                found.append(self.take())
            else:
                self.mend("[ is never closed")
                found.append("]")
        for _ in range(ARGUMENTS[name]):
            found += self._argument()
        return found

    def _sized(self, sign: str) -> list[str]:
        if self.peek() in DELIMITERS:
            return [sign, self.take()]
        self.mend(f"{sign} without a delimiter")
        return []

    def _delimiter(self, command: str) -> list[str]:
        if self.peek() in DELIMITERS:
            return [command, self.take()]
        self.mend(f"{command} without a delimiter")
        return [command, "."]

    def _fenced(self) -> list[str]:
        opening = self._delimiter("\\left")
        self._depth += 1
        found = self.items("\\right") if self._depth < _DEEP else []
        self._depth -= 1
        if self.peek() == "\\right":
            self.take()
            return [*opening, *found, *self._delimiter("\\right")]
        self.mend("\\left without \\right")
        return [*opening, *found, "\\right", "."]

    def _environment(self) -> list[str]:
        name = self._name()
        if name not in ENVIRONMENTS:
            self.mend(f"\\begin{{{name}}} is not known")
            name = "matrix"
        found = ["\\begin", "{", *name, "}"]
        if name in ("array", "alignedat"):
            found += self._columns()
        self._depth += 1
        while self.more() and self._depth < _DEEP:
            found += _bare(self.items("\\end", cells=True))
            if self.peek() not in ("&", "\\\\"):
                break
            found.append(self.take())
        self._depth -= 1
        if self.peek() == "\\end":
            self.take()
            self._name()
        else:
            self.mend(f"\\begin{{{name}}} without \\end")
        return [*found, "\\end", "{", *name, "}"]

    def _name(self) -> str:
        name = ""
        if self.peek() == "{":
            self.take()
            while self.more() and self.peek() != "}":
                name += self.take()
            if self.more():
                self.take()
        return name

    def _columns(self) -> list[str]:
        letters = "".join(c for c in self._name() if c in "lcr|")
        if not letters.strip("|"):
            self.mend("a table without columns")
            letters = "c"
        return ["{", *letters, "}"]
