"""Signs of formulas by their names in LaTeX, as Unicode has them (unicode-math, LaTeX symbol list)."""

from __future__ import annotations

NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/math"
"""Of the markup of equations."""
_LETTERS = """alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ
varkappa ϰ lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ
varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
varGamma Γ varDelta Δ varTheta Θ varLambda Λ varXi Ξ varPi Π varSigma Σ varUpsilon Υ varPhi Φ varPsi Ψ varOmega Ω
digamma ϝ aleph ℵ beth ℶ gimel ℷ daleth ℸ ell ℓ hbar ℏ hslash ℏ imath ı jmath ȷ wp ℘ Re ℜ Im ℑ partial ∂ nabla ∇
infty ∞ emptyset ∅ varnothing ∅ forall ∀ exists ∃ nexists ∄ neg ¬ lnot ¬ top ⊤ bot ⊥ angle ∠ measuredangle ∡
sphericalangle ∢ prime ′ backprime ‵ degree ° complement ∁ Finv Ⅎ Game ⅁ mho ℧ eth ð Bbbk 𝕜 circledS Ⓢ copyright ©
pounds £ yen ¥ flat ♭ natural ♮ sharp ♯ clubsuit ♣ diamondsuit ♢ heartsuit ♡ spadesuit ♠ triangle △ square □ Box □
blacksquare ■ bigstar ★ Diamond ◇ diagup ╱ diagdown ╲ surd √ lambdabar ƛ deg deg"""
_RELATIONS = """le ≤ leq ≤ ge ≥ geq ≥ ne ≠ neq ≠ leqq ≦ geqq ≧ leqslant ⩽ geqslant ⩾ ll ≪ gg ≫ approx ≈ thickapprox ≈
approxeq ≊ sim ∼ thicksim ∼ simeq ≃ cong ≅ equiv ≡ propto ∝ varpropto ∝ in ∈ ni ∋ notin ∉ subset ⊂ supset ⊃ subseteq ⊆
supseteq ⊇ subsetneq ⊊ supsetneq ⊋ subsetneqq ⫋ nsubseteq ⊈ sqsubset ⊏ sqsubseteq ⊑ sqsupset ⊐ sqsupseteq ⊒ prec ≺
succ ≻ preceq ⪯ succeq ⪰ preccurlyeq ≼ succcurlyeq ≽ precsim ≾ perp ⟂ parallel ∥ mid ∣ nmid ∤ shortmid ∣ models ⊨
vdash ⊢ dashv ⊣ vDash ⊨ Vdash ⊩ asymp ≍ doteq ≐ coloneqq ≔ triangleq ≜ bumpeq ≏ smile ⌣ frown ⌢ lesssim ≲ gtrsim ≳
nleq ≰ ngeq ≱ lessdot ⋖ because ∵ therefore ∴ pitchfork ⋔ bowtie ⋈ between ≬ trianglelefteq ⊴ vartriangleleft ⊲
ntriangleleft ⋪ gets ← to → leftarrow ← rightarrow → leftrightarrow ↔ Leftarrow ⇐ Rightarrow ⇒ Leftrightarrow ⇔
iff ⟺ implies ⟹ longleftarrow ⟵ longrightarrow ⟶ longleftrightarrow ⟷ Longleftarrow ⟸ Longrightarrow ⟹
Longleftrightarrow ⟺ mapsto ↦ longmapsto ⟼ hookleftarrow ↩ hookrightarrow ↪ uparrow ↑ downarrow ↓ updownarrow ↕
Uparrow ⇑ Downarrow ⇓ Updownarrow ⇕ nearrow ↗ searrow ↘ swarrow ↙ nwarrow ↖ rightleftharpoons ⇌ leftrightharpoons ⇋
rightharpoonup ⇀ rightharpoondown ⇁ leftharpoonup ↼ leftharpoondown ↽ upharpoonright ↾ leadsto ⇝ rightsquigarrow ⇝
twoheadrightarrow ↠ leftrightarrows ⇆ rightleftarrows ⇄ rightrightarrows ⇉ nleftarrow ↚ nrightarrow ↛
nleftrightarrow ↮ nRightarrow ⇏ curvearrowright ↷ multimap ⊸"""
_OPERATORS = """pm ± mp ∓ times × div ÷ cdot ⋅ cdotp ⋅ centerdot · ast ∗ star ⋆ circ ∘ bullet ∙ cap ∩ cup ∪ uplus ⊎
sqcap ⊓ sqcup ⊔ vee ∨ wedge ∧ lor ∨ land ∧ veebar ⊻ barwedge ⊼ doublebarwedge ⩞ setminus ∖ smallsetminus ∖ oplus ⊕
ominus ⊖ otimes ⊗ oslash ⊘ odot ⊙ bigcirc ◯ dagger † ddagger ‡ dag † ddag ‡ amalg ⨿ wr ≀ diamond ⋄ ltimes ⋉ rtimes ⋊
intercal ⊺ boxtimes ⊠ boxplus ⊞ circledcirc ⊚ bigtriangleup △ bigtriangledown ▽ triangleleft ◁ triangleright ▷
ldots … dots … dotsc … dotso … cdots ⋯ dotsb ⋯ dotsm ⋯ dotsi ⋯ vdots ⋮ ddots ⋱ backslash \\ colon : lbrace { rbrace }
lbrack [ rbrack ] langle ⟨ rangle ⟩ lceil ⌈ rceil ⌉ lfloor ⌊ rfloor ⌋ lvert | rvert | vert | lVert ‖ rVert ‖ Vert ‖
lgroup ⟮ rgroup ⟯ ulcorner ⌜ urcorner ⌝ llcorner ⌞ lrcorner ⌟ smallint ∫ nobreakspace ~"""
_NARY = """sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ iiint ∭ oint ∮ bigcup ⋃ bigcap ⋂ bigvee ⋁ bigwedge ⋀ bigoplus ⨁
bigotimes ⨂ bigodot ⨀ biguplus ⨄ bigsqcup ⨆"""
_ACCENTS = """hat \u0302 widehat \u0302 check \u030c tilde \u0303 widetilde \u0303 acute \u0301 grave \u0300 dot \u0307
ddot \u0308 dddot \u20db ddddot \u20dc breve \u0306 bar \u0305 vec \u20d7 mathring \u030a overrightarrow \u20d7
overleftarrow \u20d6 overleftrightarrow \u20e1"""
_SPACES = {",": "\u2009", ":": "\u2005", ";": "\u2004", "!": "", " ": " ", "quad": "\u2003", "qquad": "\u2003\u2003"}


def _pairs(text: str) -> dict[str, str]:
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


SIGNS = _pairs(_LETTERS) | _pairs(_RELATIONS) | _pairs(_OPERATORS) | {c: c for c in "{}%#&$_"} | {"|": "‖"} | _SPACES
SIGNS |= {"thinspace": "\u2009", "medspace": "\u2005", "thickspace": "\u2004", "enspace": "\u2002", "hline": ""}
SIGNS |= dict.fromkeys(("negthinspace", "negthickspace", "allowbreak", "displaystyle", "textstyle"), "")
SIGNS |= dict.fromkeys(("scriptstyle", "scriptscriptstyle", "limits", "nolimits"), "")
"""Signs by name, without the backslash."""
NARY = _pairs(_NARY)
"""Operators over what follows them."""
ACCENTS = _pairs(_ACCENTS)
"""Combining marks by command."""
