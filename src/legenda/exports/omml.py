"""Formulas in LaTeX as equations of Word: Office Math Markup (ECMA-376-1, 22.1).

Recursive descent over tokens, as in a math list of TeX: atoms with their scripts, groups, fractions, roots, fences,
matrices. What has no counterpart raises, and the formula is shown otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from legenda.document.mathsigns import ACCENTS, NARY, SIGNS
from legenda.notation.formula.commands import FUNCTIONS, SIZED_TEXT, SIZES
from legenda.notation.formula.grammar import parse
from legenda.notation.formula.tokens import SPACE, tokens

_DEEP = 40
_LIMITED = frozenset(("lim", "max", "min", "sup", "inf", "limsup", "liminf", "det", "gcd", "Pr", "argmax", "argmin"))
_SCRIPTS = {
    "mathbb": '<m:scr m:val="double-struck"/>',
    **dict.fromkeys(("mathcal", "mathscr"), '<m:scr m:val="script"/>'),
    "mathfrak": '<m:scr m:val="fraktur"/>',
    "mathsf": '<m:scr m:val="sans-serif"/>',
    "mathtt": '<m:scr m:val="monospace"/>',
    **dict.fromkeys(("mathrm", "mathup", "operatorname", "textup"), '<m:sty m:val="p"/>'),
    **dict.fromkeys(("mathbf", "boldsymbol", "bm", "pmb"), '<m:sty m:val="b"/>'),
    **dict.fromkeys(("mathit", "mathnormal"), '<m:sty m:val="i"/>'),
    **dict.fromkeys(("bf",), '<m:sty m:val="b"/>'),
    **dict.fromkeys(("rm",), '<m:sty m:val="p"/>'),
    "cal": '<m:scr m:val="script"/>',
    "frak": '<m:scr m:val="fraktur"/>',
}
_SWITCHES = frozenset(("bf", "rm", "cal", "frak"))
_TEXTS = frozenset(("text", "textrm", "textnormal", "textit", "textbf", "textsf", "texttt", "textmd", "mbox", "hbox"))
_PASSED = frozenset(("mathop", "mathbin", "mathrel", "mathord", "mathopen", "mathclose", "smash", "substack", "cancel"))
_FRACTIONS = frozenset(("frac", "dfrac", "tfrac", "cfrac"))
_BINOMIALS = frozenset(("binom", "dbinom", "tbinom"))
_FENCES = {"matrix": "", "smallmatrix": "", "array": "", "pmatrix": "()", "bmatrix": "[]", "Bmatrix": "{}"} | {
    "vmatrix": "||",
    "Vmatrix": "‖‖",
}
_LINES = frozenset(("aligned", "alignedat", "gathered", "split", "cases"))
_ENDS = ("}", "]", "\\right", "\\end", "&", "\\\\", "")


def equation(latex: str) -> str:
    """A formula as `m:oMath`.

    Raises:
        ValueError: it has what Word has no counterpart for, or is no LaTeX.
    """
    parser = _Parser(parse(tokens(latex)).tokens)
    made = parser.lines() if parser.is_broken() else parser.items("")
    if parser.peek():
        raise ValueError(f"{parser.peek()} without its partner")
    return f"<m:oMath>{made}</m:oMath>"


def _run(text: str, about: str = "") -> str:
    shown = f'<m:t xml:space="preserve">{escape(text)}</m:t>'
    return f"<m:r>{f'<m:rPr>{about}</m:rPr>' if about else ''}{shown}</m:r>" if text else ""


def _character(sign: str) -> str:
    if sign == SPACE:
        return " "
    return SIGNS.get(sign[1:], sign[1:]) if sign[0] == "\\" else sign


def _delimited(inner: Sequence[str], first: str, last: str) -> str:
    ends = f"<m:begChr m:val={quoteattr(first)}/><m:endChr m:val={quoteattr(last)}/>"
    return f"<m:d><m:dPr>{ends}</m:dPr>{''.join(f'<m:e>{one}</m:e>' for one in inner)}</m:d>"


class _Parser:
    """Takes tokens from the left."""

    def __init__(self, found: Sequence[str]) -> None:
        self._tokens, self._at, self._depth = list(found), 0, 0
        self._style = ""

    def peek(self) -> str:
        """The token that comes next; empty at the end."""
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def is_broken(self) -> bool:
        """Whether the formula has lines outside of any environment."""
        depth = 0
        for sign in self._tokens:
            depth += (sign == "\\begin") - (sign == "\\end")
            if not depth and sign == "\\\\":
                return True
        return False

    def lines(self) -> str:
        """Lines below one another."""
        rows = self._rows()
        return "<m:eqArr>" + "".join(f"<m:e>{''.join(row)}</m:e>" for row in rows) + "</m:eqArr>"

    def items(self, end: str) -> str:
        """Atoms with their scripts up to what closes the list, which is not taken."""
        self._depth += 1
        if self._depth > _DEEP:
            raise ValueError("groups too deep")
        style, made = self._style, ""
        while self.peek() not in _ENDS or (self.peek() == "]" and end != "]"):
            made += self._scripted()
        self._depth, self._style = self._depth - 1, style
        return made

    def _take(self, expected: str = "") -> str:
        sign = self.peek()
        if not sign or (expected and sign != expected):
            raise ValueError(f"{expected or 'something'} is missing")
        self._at += 1
        return sign

    def _group(self) -> str:
        """An argument: a group or one atom."""
        if self.peek() != "{":
            return self._atom()[0]
        self._take()
        made = self.items("}")
        self._take("}")
        return made

    def _plain(self) -> str:
        """The characters of a group."""
        self._take("{")
        found, depth = "", 1
        while depth:
            sign = self._take()
            depth += (sign == "{") - (sign == "}")
            found += "" if sign in ("{", "}") else _character(sign)
        return found

    def _scripted(self) -> str:
        base, kind = ("", "") if self.peek() in ("^", "_", "'") else self._atom()
        marks: dict[str, str] = {}
        while self.peek() in ("^", "_", "'", "\\limits", "\\nolimits"):
            sign = self._take()
            if sign == "'":
                marks["^"] = marks.get("^", "") + _run("′")
            elif sign in "^_":
                marks[sign] = marks.get(sign, "") + self._group()
        below, above = marks.get("_", ""), marks.get("^", "")
        if kind in NARY:
            return self._nary(NARY[kind], below, above)
        if kind in _LIMITED and below:
            base = f"<m:limLow><m:e>{base}</m:e><m:lim>{below}</m:lim></m:limLow>"
            below = ""
        if kind == "overbrace" and above:
            return f"<m:limUpp><m:e>{base}</m:e><m:lim>{above}</m:lim></m:limUpp>"
        if kind == "underbrace" and below:
            return f"<m:limLow><m:e>{base}</m:e><m:lim>{below}</m:lim></m:limLow>"
        if "_" in marks and below and "^" in marks:
            return f"<m:sSubSup><m:e>{base}</m:e><m:sub>{below}</m:sub><m:sup>{above}</m:sup></m:sSubSup>"
        if below:
            return f"<m:sSub><m:e>{base}</m:e><m:sub>{below}</m:sub></m:sSub>"
        return f"<m:sSup><m:e>{base}</m:e><m:sup>{above}</m:sup></m:sSup>" if above else base

    def _nary(self, sign: str, below: str, above: str) -> str:
        """With what follows it, up to a relation, a sign of addition or the end."""
        inner = ""
        while self.peek() not in _ENDS and self.peek() not in ("+", "-", "=", "<", ">", ",", ")"):
            if self.peek()[1:] in ("le", "leq", "ge", "geq", "ne", "neq", "approx", "equiv", "sim", "to", "quad", "pm"):
                break
            inner += self._scripted()
        place = "undOvr" if sign not in "∫∬∭∮" else "subSup"
        about = f'<m:chr m:val="{sign}"/><m:limLoc m:val="{place}"/>'
        about += '<m:subHide m:val="1"/>' * (not below) + '<m:supHide m:val="1"/>' * (not above)
        parts = f"<m:sub>{below}</m:sub><m:sup>{above}</m:sup><m:e>{inner}</m:e>"
        return f"<m:nary><m:naryPr>{about}</m:naryPr>{parts}</m:nary>"

    def _atom(self) -> tuple[str, str]:
        """XML, and the name of what it is where that changes how scripts are set."""
        sign = self._take()
        if sign == "{":
            made = self.items("}")
            self._take("}")
            return made, ""
        if sign[0] != "\\":
            return _run("\u00a0" if sign == "~" else "−" if sign == "-" else sign, self._style), ""
        name = sign[1:]
        if name in NARY:
            return "", name
        if name in FUNCTIONS:
            shown = {"limsup": "lim sup", "liminf": "lim inf"}.get(name, name)
            return _run(shown, '<m:sty m:val="p"/>'), name
        if name in SIGNS:
            return _run(SIGNS[name], self._style), ""
        return self._command(name)

    def _command(self, name: str) -> tuple[str, str]:
        if name in _FRACTIONS | _BINOMIALS:
            return self._fraction(name), ""
        if name == "sqrt":
            return self._root(), ""
        if name in _TEXTS:
            return _run(self._plain(), "<m:nor/>"), ""
        if name == "operatorname":
            if self.peek() == "*":
                self._take()
            text = self._plain()
            return _run(text, '<m:sty m:val="p"/>'), text
        if name in _SWITCHES:
            self._style = _SCRIPTS[name]
            return "", ""
        if name in _SCRIPTS:
            before, self._style = self._style, _SCRIPTS[name]
            made, self._style = self._group(), before
            return made, ""
        if name in ACCENTS:
            return f'<m:acc><m:accPr><m:chr m:val="{ACCENTS[name]}"/></m:accPr><m:e>{self._group()}</m:e></m:acc>', ""
        if name in ("left", "begin"):
            return (self._fenced() if name == "left" else self._environment()), ""
        if name in SIZES:
            return _run(self._delimiter(), self._style), ""
        if name == "not":
            return _run(re.sub(r"<[^>]*>", "", self._atom()[0]) + "\u0338", self._style), ""
        return self._decorated(name)

    def _decorated(self, name: str) -> tuple[str, str]:
        if name in ("overline", "underline", "underbar"):
            place = "top" if name == "overline" else "bot"
            return f'<m:bar><m:barPr><m:pos m:val="{place}"/></m:barPr><m:e>{self._group()}</m:e></m:bar>', ""
        if name in ("overbrace", "underbrace"):
            sign, place, fixed = ("⏞", "top", "bot") if name == "overbrace" else ("⏟", "bot", "top")
            about = f'<m:chr m:val="{sign}"/><m:pos m:val="{place}"/><m:vertJc m:val="{fixed}"/>'
            return f"<m:groupChr><m:groupChrPr>{about}</m:groupChrPr><m:e>{self._group()}</m:e></m:groupChr>", name
        if name in ("overset", "stackrel"):
            above, base = self._group(), self._group()
            return f"<m:limUpp><m:e>{base}</m:e><m:lim>{above}</m:lim></m:limUpp>", ""
        if name == "underset":
            below, base = self._group(), self._group()
            return f"<m:limLow><m:e>{base}</m:e><m:lim>{below}</m:lim></m:limLow>", ""
        if name in ("boxed", "fbox"):
            return f"<m:borderBox><m:e>{self._group()}</m:e></m:borderBox>", ""
        if name in ("phantom", "hphantom", "vphantom"):
            return f'<m:phant><m:phantPr><m:show m:val="0"/></m:phantPr><m:e>{self._group()}</m:e></m:phant>', ""
        if name in ("pmod", "bmod", "mod"):
            inner = _run("mod ", '<m:sty m:val="p"/>') + (self._group() if name != "bmod" else "")
            return (_delimited([inner], "(", ")") if name == "pmod" else inner), ""
        if name in ("xrightarrow", "xleftarrow"):
            arrow = _run("→" if name == "xrightarrow" else "←")
            if self.peek() == "[":
                self._take()
                arrow = f"<m:limLow><m:e>{arrow}</m:e><m:lim>{self.items(']')}</m:lim></m:limLow>"
                self._take("]")
            return f"<m:limUpp><m:e>{arrow}</m:e><m:lim>{self._group()}</m:lim></m:limUpp>", ""
        if name in SIZED_TEXT or name in ("it", "sf", "tt"):
            return "", ""
        if name in _PASSED:
            return self._group(), ""
        raise ValueError(f"\\{name} has no counterpart")

    def _fraction(self, name: str) -> str:
        above, below = self._group(), self._group()
        if name in _FRACTIONS:
            return f"<m:f><m:num>{above}</m:num><m:den>{below}</m:den></m:f>"
        bare = f'<m:f><m:fPr><m:type m:val="noBar"/></m:fPr><m:num>{above}</m:num><m:den>{below}</m:den></m:f>'
        return _delimited([bare], "(", ")")

    def _root(self) -> str:
        degree = ""
        if self.peek() == "[":
            self._take()
            degree = self.items("]")
            self._take("]")
        about = '<m:radPr><m:degHide m:val="1"/></m:radPr>' * (not degree)
        return f"<m:rad>{about}<m:deg>{degree}</m:deg><m:e>{self._group()}</m:e></m:rad>"

    def _delimiter(self) -> str:
        sign = self._take()
        if sign == ".":
            return ""
        return {"<": "⟨", ">": "⟩"}.get(sign, sign) if sign[0] != "\\" else SIGNS.get(sign[1:], "")

    def _fenced(self) -> str:
        first, inner = self._delimiter(), ""
        while self.peek() != "\\right":
            inner += self.items("")
            if self.peek() == "]":
                inner += _run(self._take())
            elif self.peek() != "\\right":
                raise ValueError("\\left without its partner")
        self._take()
        return _delimited([inner], first, self._delimiter())

    def _environment(self) -> str:
        name = self._plain().rstrip("*")
        if name in ("array", "alignedat") and self.peek() == "{":
            self._plain()
        rows = self._rows()
        self._take("\\end")
        self._plain()
        if name in _LINES:
            array = "".join(f"<m:e>{_run('  ').join(row) if name == 'cases' else ''.join(row)}</m:e>" for row in rows)
            made = f"<m:eqArr>{array}</m:eqArr>"
            return _delimited([made], "{", "") if name == "cases" else made
        if name not in _FENCES:
            raise ValueError(f"{name} has no counterpart")
        width = max(map(len, rows))
        body = "".join(
            "<m:mr>" + "".join(f"<m:e>{cell}</m:e>" for cell in [*row, *[""] * (width - len(row))]) + "</m:mr>"
            for row in rows
        )
        made = f"<m:m>{body}</m:m>"
        fence = _FENCES[name]
        return _delimited([made], fence[0], fence[1]) if fence else made

    def _rows(self) -> list[list[str]]:
        rows: list[list[str]] = [[""]]
        while True:
            rows[-1][-1] += self.items("")
            sign = self.peek()
            if sign == "]":
                rows[-1][-1] += _run(self._take(), self._style)
            elif sign == "&":
                rows[-1].append("")
                self._take()
            elif sign == "\\\\":
                rows.append([""])
                self._take()
            else:
                break
        return rows[:-1] if len(rows) > 1 and rows[-1] == [""] else rows
