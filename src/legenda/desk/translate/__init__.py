"""A document in another language, laid out as it was: by packages that were added, or a language model."""

from legenda.desk.translate.laid_out import translated, write
from legenda.desk.translate.translators import known, pairs

__all__ = ["known", "pairs", "translated", "write"]
