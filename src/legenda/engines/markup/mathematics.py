"""LaTeX as it looks on paper, as far as a line of text can show it: what readers of letters have of a formula."""

from __future__ import annotations

import re

_NAMES = """
    alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ mu μ
    nu ν xi ξ pi π rho ρ sigma σ tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ
    Xi Ξ Pi Π Sigma Σ Phi Φ Psi Ψ Omega Ω times × cdot · div ÷ pm ± mp ∓ leq ≤ le ≤ geq ≥ ge ≥ neq ≠ ne ≠ approx ≈
    equiv ≡ infty ∞ partial ∂ nabla ∇ sum ∑ prod ∏ int ∫ in ∈ notin ∉ subset ⊂ cup ∪ cap ∩ forall ∀ exists ∃
    rightarrow → to → leftarrow ← Rightarrow ⇒ Leftrightarrow ⇔ ldots … cdots … dots … degree ° circ ° prime ′ sqrt √
    langle ⟨ rangle ⟩ sim ∼ propto ∝ bullet • checkmark ✓ square □ star ⋆ ast ∗
"""
_SIGNS = dict(zip(_NAMES.split()[::2], _NAMES.split()[1::2], strict=True))
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_WRAPPED = re.compile(
    r"\\(?:text|mathrm|mathbf|mathit|mathsf|mathbb|mathcal|boldsymbol|operatorname|textbf|textit|underline|overline|hat|bar|"
    r"vec|tilde|left|right|mbox)\*?\s*\{([^{}]*)\}"
)
_ROOT = re.compile(r"\\sqrt\s*(?:\[[^\]]*\])?\s*\{([^{}]*)\}")
_RAISED = re.compile(r"[\^_]\s*\{([^{}]*)\}")
_NAMED = re.compile(r"\\([A-Za-z]+)")


def shown(latex: str) -> str:
    """A formula as a line of text: fractions with a slash, signs for the names of signs, no braces."""
    text = re.sub(r"(?<!\\)[&~]", " ", latex.replace("\\\\", "\n"))
    text = re.sub(r"\\(?:begin|end|label|tag)\s*\{[^{}]*\}(\{[^{}]*\})?", " ", text)
    for _ in range(8):  # from the inside out
        text = _ROOT.sub(r"√\1", text)
        text, before = _RAISED.sub(r"\1", _WRAPPED.sub(r"\1", _FRACTION.sub(r"\1/\2", text))), text
        if text == before:
            break
    text = _NAMED.sub(lambda match: _SIGNS.get(match[1], "" if match[1] in _SILENT else match[1]), text)
    text = re.sub(r"\\[,;:!> ]", " ", text)
    text = re.sub(r"\\([%&$#_{}|])", r"\1", text)
    return "\n".join(" ".join(row.split()) for row in re.sub(r"[{}^_\\~$]", "", text).split("\n")).strip()


_SILENT = frozenset(
    (
        *("left", "right", "big", "Big", "bigg", "Bigg", "displaystyle", "textstyle", "limits", "nolimits", "hline"),
        *("cline", "toprule", "midrule", "bottomrule", "centering", "noindent", "mathrm", "mathbf", "text", "quad"),
    )
)
