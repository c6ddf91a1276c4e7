"""Questions answered from a document alone, with the pages and places the answer rests on."""

from legenda.desk.ask.answer import Answer, Asker, Citation
from legenda.desk.ask.generated import UNFOUND, Generating, Sentence
from legenda.desk.ask.wording import NOTHING

__all__ = ["NOTHING", "UNFOUND", "Answer", "Asker", "Citation", "Generating", "Sentence"]
