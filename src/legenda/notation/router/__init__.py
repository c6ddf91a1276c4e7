"""Which kind of picture a crop is: by its colours, its long lines, and how its shapes lie. A few milliseconds.

A small network over some hundred measurements, fitted by `training/router` on drawn charts, figures, tables and pages,
engraved staves, typeset formulas, and gathered lines, molecules and photographs, all more or less worn; `benchmarks`
says how often it is right on others.
"""

from legenda.notation.router.measures import features
from legenda.notation.router.network import KINDS, kind_of

__all__ = ["KINDS", "features", "kind_of"]
