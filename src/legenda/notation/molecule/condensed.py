"""What labels such as N, CH3, HO2C, NHBoc or SO2NMe2 stand for: atoms and the bonds between them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

GROUPS = {
    **{"Me": "C", "Et": "CC", "nPr": "CCC", "n-Pr": "CCC", "Pr": "CCC", "iPr": "C(C)C", "i-Pr": "C(C)C"},
    **{"nBu": "CCCC", "n-Bu": "CCCC", "Bu": "CCCC", "iBu": "CC(C)C", "i-Bu": "CC(C)C", "sBu": "C(C)CC"},
    **{"s-Bu": "C(C)CC", "tBu": "C(C)(C)C", "t-Bu": "C(C)(C)C", "Ph": "C1=CC=CC=C1", "Bn": "CC1=CC=CC=C1"},
    **{"Bz": "C(=O)C1=CC=CC=C1", "Ac": "C(=O)C", "Cy": "C1CCCCC1", "Ts": "S(=O)(=O)C1=CC=C(C)C=C1"},
    **{"Tos": "S(=O)(=O)C1=CC=C(C)C=C1", "Ms": "S(=O)(=O)C", "Tf": "S(=O)(=O)C(F)(F)F", "Boc": "C(=O)OC(C)(C)C"},
    **{"BOC": "C(=O)OC(C)(C)C", "Cbz": "C(=O)OCC1=CC=CC=C1", "CBZ": "C(=O)OCC1=CC=CC=C1"},
    **{"TMS": "[Si](C)(C)C", "TBS": "[Si](C)(C)C(C)(C)C", "TBDMS": "[Si](C)(C)C(C)(C)C"},
    **{"TES": "[Si](CC)(CC)CC", "TIPS": "[Si](C(C)C)(C(C)C)C(C)C", "MOM": "COC", "PMB": "CC1=CC=C(OC)C=C1"},
    **{"TBDPS": "[Si](C(C)(C)C)(C1=CC=CC=C1)C1=CC=CC=C1", "NO2": "[N+](=O)[O-]", "N3": "N=[N+]=[N-]"},
    **{
        "NCO": "N=C=O",
        "NCS": "N=C=S",
        "SCN": "SC#N",
        "OCN": "OC#N",
        "THP": "C1CCCCO1",
        "C2H5": "CC",
        "C3H7": "CCC",
        "C4H9": "CCCC",
        "C6H5": "C1=CC=CC=C1",
    },
}
"""Abbreviations by what they stand for, joined by their first atom: SMILES with Kekulé's bonds."""

_ELEMENTS = tuple(
    "Cl Br Si Se Na Li Al Mg Zn Sn Te As Cu Fe Hg Pt Pd B C N O F P S I K H D".split()  # noqa: SIM905
)
_VALENCE = {"C": 4, "N": 3, "O": 2, "S": 6, "P": 5, "B": 3, "Si": 4, "Se": 2, "As": 3, "Sn": 4, "Te": 2}
_NUMBER = re.compile(r"\A\d{0,2}")
_WILD = re.compile(r"(R|X|Y|Z|Ar|Q|A|G|L|M|Hal|W|E|T|V|U|J)['\d]*[a-z]?\Z")
_TOKEN = re.compile(
    "(" + "|".join(sorted(map(re.escape, (*GROUPS, *_ELEMENTS)), key=len, reverse=True)) + r"|[()+-])(\d*)"
)


@dataclass(slots=True)
class Atom:
    """An atom of a label.

    Attributes:
        element: its symbol; `*` where the label does not name one.
        charge: of the ion.
        hydrogens: how many the label says it has; -1 where it says none.
        mass: of the isotope; 0 as it occurs in nature.
    """

    element: str
    charge: int = 0
    hydrogens: int = -1
    mass: int = 0


@dataclass(slots=True)
class Fragment:
    """What a label stands for.

    Attributes:
        atoms: in no order that means anything.
        bonds: two atoms and how many bonds are between them.
        joints: by the index of a character of the label, the atom a bond joins that ends there.
    """

    atoms: list[Atom] = field(default_factory=list)
    bonds: list[tuple[int, int, int]] = field(default_factory=list)
    joints: dict[int, int] = field(default_factory=dict)

    def free(self, atom: int, outside: int = 0) -> int:
        """How many more bonds an atom can have; `outside` are drawn to it already."""
        this = self.atoms[atom]
        used = outside + max(this.hydrogens, 0) + sum(order for *ends, order in self.bonds if atom in ends)
        return _VALENCE.get(this.element, 1) + (this.charge if this.element == "N" else 0) - used


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    count: int
    at: int
    inner: tuple[_Token, ...] = ()


class UnreadableLabelError(ValueError):
    """The label is no formula."""


def fragment(label: str, drawn: Mapping[int, int]) -> Fragment:
    """Atoms and bonds of a label.

    Args:
        label: as written, from left to right.
        drawn: by index of the character a drawn bond ends at, how many bonds end there.

    Raises:
        UnreadableLabelError: no reading of it gives every atom a valence it can have.
    """
    if _WILD.match(label) and label not in GROUPS and label not in _ELEMENTS:
        return Fragment([Atom("*")], [], dict.fromkeys(range(len(label)), 0))
    tokens = _tokens(label)
    heavy = [token for token in tokens if token.text not in ("H", "+", "-", "D")] or [
        token for token in tokens if token.text in "HD"
    ]
    if not heavy:
        raise UnreadableLabelError(label)
    if len(heavy) == 1 and heavy[0].text not in GROUPS and heavy[0].count == 1 and len(tokens) < 5:
        return _lone(tokens, heavy[0], drawn)
    nearest = {at: min(heavy, key=lambda token: abs(token.at - at)) for at in drawn or {0: 0}}
    anchor = max(nearest.values(), key=lambda token: sum(drawn.get(at, 0) for at in nearest if nearest[at] is token))
    outside = sum(count for at, count in drawn.items() if nearest[at] is anchor)
    for flipped in (True, False):
        try:
            made = _built(tokens, anchor, outside, flipped=flipped)
        except UnreadableLabelError:
            continue
        _settle(made, {at: (token.at, drawn.get(at, 1)) for at, token in nearest.items()})
        return made
    raise UnreadableLabelError(label)


def _lone(tokens: Sequence[_Token], heavy: _Token, drawn: Mapping[int, int]) -> Fragment:
    """One atom, as it is written whether it can be so or not."""
    if any(token.text == "(" for token in tokens):
        raise UnreadableLabelError
    hydrogens = [token.count for token in tokens if token.text == "H" and token is not heavy]
    charge = sum({"+": 1, "-": -1}.get(token.text, 0) for token in tokens)
    atom = Atom("H", mass=2) if heavy.text == "D" else Atom(heavy.text, charge, sum(hydrogens) if hydrogens else -1)
    return Fragment([atom], [], {heavy.at: 0, **dict.fromkeys(drawn, 0)})


def _settle(made: Fragment, ends: Mapping[int, tuple[int, int]]) -> None:
    """Give each drawn bond the atom of its letter, or the nearest that has a bond left."""
    letters = dict(made.joints)
    used: dict[int, int] = {}
    for at, (letter, count) in ends.items():
        near = sorted(letters, key=lambda other: abs(other - letter))
        open_ones = [n for n in near if made.free(letters[n], used.get(letters[n], 0)) >= count]
        atom = letters[(open_ones or near)[0]]
        used[atom] = used.get(atom, 0) + count
        made.joints[at] = atom


def _tokens(label: str) -> list[_Token]:
    tokens, at = [], 0
    while at < len(label):
        match = _TOKEN.match(label, at)
        if match is None:
            raise UnreadableLabelError(label)
        text, count = match[1], int(match[2] or 1)
        if count > 40 or text == ")":
            raise UnreadableLabelError(label)
        if text == "(":
            close = label.find(")", at)
            if close < 0 or match[2]:
                raise UnreadableLabelError(label)
            number = _NUMBER.findall(label[close + 1 :])[0]
            inner = tuple(_Token(x.text, x.count, x.at + at + 1) for x in _tokens(label[at + 1 : close]))
            tokens.append(_Token("(", int(number or 1), at, inner))
            at = close + 1 + len(number)
            continue
        tokens.append(_Token(text, count, at))
        at = match.end()
    return tokens


def _built(tokens: Sequence[_Token], anchor: _Token, outside: int, *, flipped: bool) -> Fragment:
    """The anchor, then what stands right of it, then what stands left, read towards the left."""
    made = Fragment()
    where = tokens.index(anchor)
    left = list(tokens[:where])
    before: list[_Token] = []
    if flipped:
        before = left[::-1]
    else:
        units: list[list[_Token]] = []
        for token in left:
            if token.text in ("H", "+", "-") and units:
                units[-1].append(token)
            else:
                units.append([token])
        before = [token for unit in units[::-1] for token in unit]
    if anchor.text == "(":
        raise UnreadableLabelError
    end = _placed(made, anchor)
    atom = made.joints[anchor.at]
    last = _spelled(made, end, tokens[where + 1 :], outside)
    if before:
        # hydrogens before the anchor are its own where it has none after it
        _spelled(made, atom, before, outside)
    if made.free(atom, outside) < 0 or (last != atom and made.free(last) < 0):
        raise UnreadableLabelError
    return made


def _placed(made: Fragment, token: _Token, joined: int | None = None, order: int = 1) -> int:
    """A token's atoms, joined to an atom; the one that goes on."""
    if token.text in GROUPS:
        first = _pasted(made, GROUPS[token.text])
    else:
        first = len(made.atoms)
        made.atoms.append(Atom("H", mass=2) if token.text == "D" else Atom(token.text))
    made.joints[token.at] = first
    if joined is not None:
        made.bonds.append((joined, first, order))
    last = first
    if token.text == "C":
        for _ in range(token.count - 1):
            made.atoms.append(Atom("C"))
            made.bonds.append((last, len(made.atoms) - 1, 1))
            last = len(made.atoms) - 1
    return last


def _spelled(made: Fragment, atom: int, tokens: Sequence[_Token], outside: int) -> int:
    """Read tokens away from an atom; the last atom of the chain."""
    start = atom
    for n, token in enumerate(tokens):
        free = made.free(atom, outside if atom == start else 0)
        last = n + 1 == len(tokens)
        after = "" if last else tokens[n + 1].text
        this = made.atoms[atom]
        if token.text in ("+", "-"):
            this.charge += 1 if token.text == "+" else -1
        elif token.text == "H":
            if token.count > free and this.element != "N" and not (n and tokens[n - 1].count > 1):
                raise UnreadableLabelError
            fits = token.count <= free + (this.element == "N")
            this.hydrogens = max(this.hydrogens, 0) + token.count if fits else -1
        elif token.text == "(":
            atom = _bracket(made, atom, token, free)
        elif token.text == "O" and this.element == "N" and token.count == 2:
            this.charge = 1
            _placed(made, token, atom, 2)
            made.atoms[_placed(made, token, atom)].charge = -1
        elif token.text == "O" and (oxo := _oxygens(this.element, token.count, free, after)):
            for order in oxo:
                joint = _placed(made, token, atom, order)
            atom = joint if oxo[-1] == 1 and this.element in ("C", "S", "P") else atom
        elif token.text == "N" and this.element == "C" and last and free == 3 and token.count == 1:
            _placed(made, token, atom, 3)
        elif token.text in GROUPS or _VALENCE.get(token.text, 1) == 1:
            if token.count > max(free, 1):
                raise UnreadableLabelError
            for _ in range(token.count):
                _placed(made, token, atom)
        elif token.text == "C" or token.count == 1:
            if free < 1:
                raise UnreadableLabelError
            atom = _placed(made, token, atom)
        else:
            raise UnreadableLabelError
    return atom


def _oxygens(element: str, count: int, free: int, after: str) -> list[int]:
    """Orders of the bonds to oxygens after an atom of this element; empty where they are just a chain."""
    if element == "C":
        if count == 2 and free >= 3:
            return [2, 1]
        if count == 1 and free >= 2 and (after == "" or (free == 3 and after not in ("H", "-"))):
            return [2]
    if element == "S" and count in (2, 3):
        return [2, 2] if count == 2 else [2, 2, 1]
    if element == "P" and count == 3:
        return [2, 1, 1]
    if element in ("S", "P") and count == 1 and free >= 4 and after not in ("H", "Me", "Et", "C"):
        return [2]
    if element == "N" and count == 1 and after == "" and free >= 2:
        return [2]
    return []


def _bracket(made: Fragment, atom: int, token: _Token, free: int) -> int:
    """A group in brackets: a link that is repeated where it has a bond left, otherwise branches."""
    inner = list(token.inner)
    if inner and inner[0].text == "H":
        inner.reverse()
    if not inner or inner[0].text == "(":
        raise UnreadableLabelError
    linked = _built(inner, inner[0], 1, flipped=True)
    repeated = inner[0].text == "C" and linked.free(0, 1) == 1 and len(linked.atoms) == 1
    if inner[0].text == "O" and len(inner) == 1:
        for _ in range(token.count):
            _placed(made, inner[0], atom, 2)
        return atom
    if not repeated and token.count > free:
        raise UnreadableLabelError
    for _ in range(token.count):
        joint = _placed(made, inner[0], atom)
        end = _spelled(made, joint, inner[1:], 0)
        atom = end if repeated else atom
    return atom


def _pasted(made: Fragment, smiles: str) -> int:
    """Add what a SMILES of `GROUPS` describes; its first atom."""
    first = len(made.atoms)
    stack: list[int] = []
    rings: dict[str, int] = {}
    last, order = -1, 1
    for sign, charge in re.findall(r"\[?([A-Z][a-z]?|[()=#\d])([+-]?)\]?", smiles):
        if sign in "=#":
            order = 2 if sign == "=" else 3
        elif sign == "(":
            stack.append(last)
        elif sign == ")":
            last = stack.pop()
        elif sign.isdigit():
            if sign in rings:
                made.bonds.append((rings.pop(sign), last, order))
                order = 1
            else:
                rings[sign] = last
        else:
            made.atoms.append(Atom(sign, {"+": 1, "-": -1}.get(charge, 0)))
            if last >= 0:
                made.bonds.append((last, len(made.atoms) - 1, order))
            last, order = len(made.atoms) - 1, 1
    return first
