"""What LaTeX with `amsmath` and `amssymb` knows in formulas, as far as KaTeX and MathJax know it, too."""

from __future__ import annotations

from importlib.resources import files
from itertools import pairwise


def _sections() -> dict[str, frozenset[str]]:
    lines = files(__package__).joinpath("commands.txt").read_text("utf-8").splitlines()
    heads = [n for n, line in enumerate(lines) if line.startswith("[") and line.endswith("]")]
    spans = pairwise([*heads, len(lines)])
    return {lines[first][1:-1]: frozenset(" ".join(lines[first + 1 : last]).split()) for first, last in spans}


_KNOWN = _sections()

ARGUMENTS = dict.fromkeys(_KNOWN["one argument"], 1) | dict.fromkeys(_KNOWN["two arguments"], 2)
"""Commands with arguments, and how many."""

OPTIONAL = frozenset(("sqrt", "xrightarrow", "xleftarrow", "cfrac", "smash"))
"""Commands that may have one argument in brackets before the others."""

SWITCHES = _KNOWN["switches"]
"""What holds from where it stands to the end of its group, and needs no argument."""

SIZED_TEXT = _KNOWN["sizes of text"]
"""Sizes of text; a formula means nothing else by them."""

FUNCTIONS = _KNOWN["functions"]
"""Operators with commands of their own."""

SYMBOLS = _KNOWN["symbols"]
"""Commands without arguments: letters, operators, relations, arrows, spaces."""

DELIMITERS = _KNOWN["delimiters"]
r"""What may stand after `\left` and `\right`, as it is written."""

ENVIRONMENTS = _KNOWN["environments"]
r"""What `\begin` begins."""

INFIX = {"over": "\\frac", "choose": "\\binom"}
"""What makes a fraction of all that is before and after it in its group, and what is written instead."""

SIZES = frozenset(a + b for a in ("big", "Big", "bigg", "Bigg") for b in ("", "l", "m", "r"))
"""Sizes of the delimiter that follows."""

EMPTY = frozenset("\\" + name for name in _KNOWN["empty"])
"""What a formula says nothing by; it is left out."""

RUNS = {
    ("\\cdot", "\\cdot", "\\cdot"): "\\cdots",
    (".", ".", "."): "\\ldots",
    ("\\not", "="): "\\ne",
    ("\\not", "\\in"): "\\notin",
}
"""Signs in a row that are one sign."""

SPELLINGS = {
    "\\dag": "\\dagger",
    "\\ddag": "\\ddagger",
    "\\land": "\\wedge",
    "\\lor": "\\vee",
    "\\lnot": "\\neg",
    "\\arrowvert": "\\vert",
    "\\Arrowvert": "\\Vert",
    "\\rowvert": "\\vert",
    "\\lbrace": "\\{",
    "\\rbrace": "\\}",
    "\\lbrack": "[",
    "\\rbrack": "]",
    "\\Vec": "\\vec",
    "\\Hat": "\\hat",
    "\\Tilde": "\\tilde",
    "\\Bar": "\\bar",
    "\\leq": "\\le",
    "\\geq": "\\ge",
    "\\neq": "\\ne",
    "\\gets": "\\leftarrow",
    "\\i": "\\imath",
    "\\j": "\\jmath",
    "\\sp": "^",
    "\\sb": "_",
    "\\mit": "\\mathit",
    "\\boldmath": "\\bf",
    "\\eqno": "\\quad",
    "\\space": "\\ ",
    "\\textsl": "\\textit",
    "\\textsc": "\\text",
    "\\makebox": "\\text",
    "\\framebox": "\\fbox",
    "\\mbox": "\\text",
    "\\hbox": "\\text",
}
"""Names for the same sign or nearly so, of which one is written."""
