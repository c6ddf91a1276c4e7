"""What comes in: fields of the form, and questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from legenda.desk.tools import Tool
from legenda.exports import STRUCTURED
from legenda.languages import codes_of
from legenda.options import Effort
from legenda.server.api.models import Text
from legenda.server.dialects.ocrchat.tools import TIERS, chosen, named, tier_of
from legenda.server.problems import ProblemError
from legenda.server.translations import check
from legenda.settings import Settings

_AUTO = ("", "auto")


class Fields(BaseModel):
    """The form, but for its file; fields that are not known are passed over."""

    model_config = ConfigDict(extra="ignore")

    tier: Literal["", "cpu", "vlm"] = Field("", description="`cpu`, which is the default, or `vlm`")
    language: Annotated[Text, Field(max_length=200)] = Field("auto", description="`auto` or a code; commas between")
    tool: Annotated[Text, Field(max_length=64)] = Field("", description="a slug, see `/api/v1/tools/`")
    translate_to: Annotated[Text, Field(max_length=64)] = Field("", description="for the tool `translate`")


class Question(BaseModel):
    """A question about a document."""

    message: Annotated[Text, Field(min_length=1, max_length=4000, pattern=r"\S")]


class Asked(BaseModel):
    """What is to be done with a file.

    Attributes:
        tier, language: as they are echoed.
        codes: of the languages; none for any.
        tool: slug.
        translate_to: code of a language; empty for none.
    """

    tier: str
    language: str
    codes: tuple[str, ...]
    tool: str
    translate_to: str = ""

    @property
    def effort(self) -> Effort:
        """The tier here."""
        return TIERS[self.tier]

    @property
    def structure(self) -> bool:
        """Whether the tool makes something that shows it."""
        tool = named(self.tool)
        return download_of(tool) in STRUCTURED or bool(tool and tool.read.get("structure"))


def understood(form: Mapping[str, Sequence[str]], settings: Settings) -> Asked:
    """What the fields of a form mean.

    Raises:
        ValidationError, InvalidOptionError: a value cannot be.
        ProblemError: 400, the tool cannot be used.
        MissingComponentError: nothing translates to that language.
    """
    fields = Fields.model_validate({name: values[-1].strip() for name, values in form.items()})
    tool = chosen(fields.tool)
    if tool and tool.does == "translate" and not fields.translate_to:
        raise ProblemError(400, "invalid_option", "The tool translate needs `translate_to`, a language.")
    codes = [code for name in fields.language.split(",") for code in _codes(name.strip())]
    return Asked(
        tier=fields.tier or tier_of(tool),
        language=fields.language or "auto",
        codes=tuple(dict.fromkeys(codes)),
        tool=tool.slug if tool else "",
        translate_to=check(fields.translate_to, settings) if fields.translate_to else "",
    )


def download_of(tool: Tool | None) -> str:
    """Format of a download that names none."""
    return tool.format if tool else "txt"


def _codes(name: str) -> tuple[str, ...]:
    return () if name.lower() in _AUTO else codes_of(name, "paddle")
