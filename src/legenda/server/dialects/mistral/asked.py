"""A request to read a document."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, Field

from legenda.options import Effort
from legenda.server.problems import ProblemError

_Number = Annotated[int, Field(ge=0, le=10**6)]
_RANGES = r"^\s*\d{1,6}(\s*-\s*\d{1,6})?(\s*,\s*\d{1,6}(\s*-\s*\d{1,6})?)*\s*$"
_TIERS = get_args(Effort)


class ImageUrl(BaseModel):
    """Where an image is."""

    url: str = Field(min_length=1)


class DocumentUrl(BaseModel):
    """A document: `http(s)://`, `data:`, or the URL of a file uploaded here."""

    type: Literal["document_url"] = "document_url"
    document_url: str = Field(min_length=1)
    document_name: str | None = Field(None, max_length=255)


class Image(BaseModel):
    """An image: `http(s)://`, `data:`, or the URL of a file uploaded here."""

    type: Literal["image_url"] = "image_url"
    image_url: ImageUrl | Annotated[str, Field(min_length=1)]


class FileId(BaseModel):
    """A file that was uploaded here."""

    type: Literal["file"] = "file"
    file_id: str = Field(min_length=1, max_length=64)


class Ocr(BaseModel):
    """A request; members that it does not know are passed over."""

    model: str | None = Field(None, max_length=256, examples=["mistral-ocr-latest", "balanced"])
    document: DocumentUrl | Image | FileId
    pages: Annotated[str, Field(max_length=1000, pattern=_RANGES)] | list[_Number] | None = Field(
        None, description="from 0; numbers, or ranges such as 0,2-4"
    )
    include_image_base64: bool | None = Field(None, description="no images are cut out yet")
    document_annotation_format: dict[str, Any] | None = Field(None, description="not supported")
    bbox_annotation_format: dict[str, Any] | None = Field(None, description="not supported")
    extract_header: bool = False
    extract_footer: bool = False
    include_blocks: bool = True
    confidence_scores_granularity: Literal["word", "page", "block"] | None = None

    @property
    def tier(self) -> Effort:
        """The model, if it is a tier; `balanced` for those of Mistral's.

        Raises:
            ProblemError: 400, there is no such model.
        """
        name = self.model or "balanced"
        for tier in _TIERS:
            if name == tier:
                return tier  # type: ignore[no-any-return]
        if name.startswith("mistral-ocr-"):
            return "balanced"
        known = ", ".join((*_TIERS, "mistral-ocr-latest"))
        raise ProblemError(400, "invalid_model", f"Invalid model: {name[:64]}; there are {known}.", param="model")

    @property
    def ranges(self) -> str:
        """The pages as ranges from 1; empty for all."""
        if not self.pages:
            return ""
        parts = self.pages.split(",") if isinstance(self.pages, str) else map(str, self.pages)
        return ",".join("-".join(str(int(number) + 1) for number in part.split("-")) for part in parts)
