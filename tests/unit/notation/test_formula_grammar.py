from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from legenda.notation.formula.commands import ARGUMENTS, FUNCTIONS, SYMBOLS
from legenda.notation.formula.grammar import parse
from legenda.notation.formula.tokens import tokens, written

NODE = Path(__file__).parents[2] / "node"


def one_spelling(latex: str) -> str:
    return written(parse(tokens(latex)).tokens)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (r"\frac { 1 } 2", r"\frac{1}{2}"),
        (r"x ^ 2 _ { i }", r"x^{2}_{i}"),
        (r"{ { \phi _ { 0 } } }", r"{\phi_{0}}"),
        (r"{ a \over b + c }", r"\frac{a}{b+c}"),
        (r"\operatorname { s i n } x", r"\sin x"),
        (r"\operatorname * { l i m } _ { n }", r"\lim_{n}"),
        (r"a + \cdot \cdot \cdot + b", r"a+\cdots+b"),
        (r"\sqrt [ 3 ] { x }", r"\sqrt[3]{x}"),
        (r"\left( \begin{array} { c c } { { a } } & { { b } } \\ { 1 } & 2 \end{array} \right]",
         r"\left(\begin{array}{cc}a&b\\1&2\end{array}\right]"),
        (r"\mathrm{if~} x", r"\mathrm{if~}x"),
    ],
)  # fmt: skip
def test_one_spelling(given: str, wanted: str) -> None:
    found = parse(tokens(given))
    assert written(found.tokens) == wanted
    assert found.mendings == []
    assert one_spelling(wanted) == wanted


BROKEN = [
    r"\frac { a } { b",
    r"\frac { a }",
    r"a } + b",
    r"\left( a + b",
    r"a + b \right)",
    r"x ^ { 2 } ^ { 3 }",
    r"x ^",
    r"^ { 2 } x _",
    r"\begin{array} { c c } a & b",
    r"a & b \\ c",
    r"\nosuchcommand x",
    r"\big x + \left \alpha b \right",
    r"\begin{nonsense} a \end{nonsense}",
    r"\sqrt [ 3 { x }",
    r"\end{array} + \right) }",
    "{" * 300 + "x" + "}" * 300,
    r"\left(" * 100,
    r"# $ % & \\",
]


@pytest.mark.parametrize("latex", BROKEN)
def test_what_does_not_parse_is_mended_and_said(latex: str) -> None:
    found = parse(tokens(latex))
    again = parse(found.tokens)
    assert again.mendings == []
    assert again.tokens == found.tokens
    if latex.startswith((r"\frac", "a }", r"\left( a", "x ^", r"\nosuch")):
        assert found.mendings


def test_katex_knows_what_the_grammar_knows() -> None:
    """Everything the grammar lets through is rendered by KaTeX, which refuses what is not LaTeX."""
    if not shutil.which("node") or not (NODE / "node_modules" / "katex").exists():
        pytest.skip("node and katex are not installed")
    mended = [one_spelling(latex) for latex in BROKEN if len(latex) < 400]
    commands = [rf"\{name}" for name in sorted(SYMBOLS | FUNCTIONS) if name not in ("hline", "not")]
    arguments = [rf"\{name}" + "{x}" * count for name, count in sorted(ARGUMENTS.items())]
    assert refused([*mended, *commands, *arguments]) == []


def refused(formulas: list[str]) -> list[str]:
    """Those that KaTeX cannot render."""
    program = """
    import katex from "katex";
    import fs from "node:fs";
    const bad = JSON.parse(fs.readFileSync(0)).filter((latex) => {
      try { katex.renderToString(latex, { strict: false, throwOnError: true, displayMode: true }); return false; }
      catch { return true; }
    });
    console.log(JSON.stringify(bad));
    """
    command = ["node", "--input-type=module", "-e", program]
    done = subprocess.run(command, cwd=NODE, input=json.dumps(formulas), capture_output=True, text=True, check=True)
    found: list[str] = json.loads(done.stdout)
    return found
