"""Made-up text: sentences, headings, names and numbers in a few scripts."""

from __future__ import annotations

import random

_LATIN = (
    "the of and to in a is that it was for on are as with his they at be this from have or by one had not "
    "but what all were when we there can an your which their said if do will each about how up out them "
    "then she many some so these would other into has more her two like him see time could no make than "
    "first been its who now people my made over did down only way find use may water long little very "
    "after words called just where most know get through back much before go good new write our used me "
    "man too any day same right look think also around another came come work three word must because "
    "does part even place well such here take why things help put years different away again off went old "
    "number great tell men say small every found still between name should home big give air line set own "
    "under read last never us left end along while might next sound below saw something thought both few "
    "those always looked show large often together asked house world going want school important until "
    "form food keep children feet land side without boy once animals life enough took sometimes four head "
    "above kind began almost live page got earth need far hand high year mother light parts country "
    "father let night following picture being study second eyes soon times story boys since white days "
    "ever paper hard near sentence better best across during today others however sure means knew try "
    "told young miles sun ways thing whole hear example heard several change answer room sea against top "
    "turned learn point city play toward five using himself usually harbour parliament committee "
    "manufacture observation temperature considerable agricultural experiment distribution government "
    "architecture industrial philosophy"
)
_HEBREW = (
    "של את על לא זה הוא אני היא כי אם גם כל עם או אבל יש מה רק היה בין עוד לפני אחרי בית ספר עיר ארץ מים "
    "שנה יום איש אישה ילדים עולם דרך שמש"
)
_ARABIC = (
    "من في على إلى هذا التي الذي كان أن لا ما مع كل بعد قبل بين عند حتى هو هي نحن بيت كتاب مدينة أرض ماء "
    "سنة يوم رجل امرأة أطفال عالم طريق شمس كبير صغير"
)
_HAN = (
    "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然"
    "没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长"
)
VOCABULARY = {"en": _LATIN.split(), "he": _HEBREW.split(), "ar": _ARABIC.split(), "zh": list(_HAN)}


class Prose:
    """A source of text in one language, seeded."""

    def __init__(self, rng: random.Random, language: str = "en") -> None:
        self.rng, self.language = rng, language
        self.vocabulary = VOCABULARY[language]

    def words(self, low: int, high: int) -> str:
        """Some words, the commoner ones more often."""
        n = self.rng.randint(low, high)
        size = len(self.vocabulary)
        if self.language == "zh":
            n = int(1.6 * n)
        return ("" if self.language == "zh" else " ").join(
            self.vocabulary[min(size - 1, int(size * self.rng.random() ** 1.7))] for _ in range(n)
        )

    def sentence(self, low: int = 4, high: int = 22) -> str:
        """A sentence with a capital and a full stop; sometimes a number or a name inside."""
        text = self.words(low, high)
        if self.rng.random() < 0.12:
            text += f", {self.rng.randint(2, 2026)} {self.words(1, 3)}"
        if self.rng.random() < 0.15:
            text += f" {self.name()}"
        return text[0].upper() + text[1:] + self.rng.choice("。。。？" if self.language == "zh" else "....?!;")

    def paragraph(self, low: int = 2, high: int = 7) -> str:
        """Some sentences."""
        return " ".join(self.sentence() for _ in range(self.rng.randint(low, high)))

    def heading(self, low: int = 1, high: int = 5) -> str:
        """A few words, capitalised."""
        text = self.words(low, high)
        return text.title() if self.rng.random() < 0.6 else text.capitalize()

    def name(self) -> str:
        """Two capitalised words."""
        return self.words(2, 2).title()

    def amount(self) -> str:
        """A number as tables print them."""
        value = self.rng.choice([10, 100, 1000, 100000]) * self.rng.random()
        return self.rng.choice([f"{value:,.2f}", f"{value:,.0f}", f"({value:,.1f})", f"{value:.1f}%", f"${value:,.2f}"])

    def date(self) -> str:
        """A date."""
        month = self.rng.choice(["March", "May", "June", "October"])
        return f"{self.rng.randint(1, 28)} {month} {self.rng.randint(1880, 2026)}"
