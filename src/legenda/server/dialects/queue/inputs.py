"""The input of `got-ocr`, and the pictures it names."""

from __future__ import annotations

import base64
import binascii
import json
import mimetypes
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from pydantic import BaseModel, ConfigDict, Field

from legenda.errors import InvalidOptionError
from legenda.options import Color
from legenda.server.api.models import Region, Tier
from legenda.server.asking import Part
from legenda.sources import archive_parts

BODY_BYTES = 43 * 2**20
"""Most of a body: 32 MB of pictures in data URIs, as in `/v1`. It is held in memory; larger ones are uploaded, or
fetched."""


class Inputs(BaseModel):
    """What is to be read, and how. What it does not know is passed over, as the service does."""

    model_config = ConfigDict(extra="ignore")

    input_image_urls: list[str] = Field(
        default_factory=list,
        max_length=archive_parts.MOST,
        title="Input Image Urls",
        description="URL of images.",
    )
    do_format: bool = Field(False, title="Do Format", description="Generate the output in formatted mode.")
    multi_page: bool = Field(False, title="Multi Page", description="Use provided images to generate a single output.")
    language: str | list[str] = Field(
        "", title="Language", description="Languages of the text (not of the service): codes or names."
    )
    tier: Tier = Field("balanced", title="Tier", description="How much effort is made (not of the service).")
    box: Region = Field(None, title="Box", description="Only this is read: x1, y1, x2, y2 in pixels.")
    color: Color | None = Field(None, title="Color", description="Only what is framed in this color is read.")

    @property
    def languages(self) -> list[str]:
        """Languages, none for any."""
        given = self.language.split(",") if isinstance(self.language, str) else self.language
        return [name.strip() for name in given if name.strip()]

    @property
    def told(self) -> dict[str, Any]:
        """What answers need to know of it later (`outputs`)."""
        return {"do_format": self.do_format, "multi_page": self.multi_page}


def parts(urls: Sequence[str]) -> list[Part]:
    """The pictures: bytes out of data URIs, else URLs.

    Raises:
        InvalidOptionError: a data URI that is none (`place`: which).
    """
    found = []
    for place, url in enumerate(urls):
        try:
            found.append(_part(url.strip()))
        except InvalidOptionError as error:
            error.place = place
            raise
    return found


def _part(url: str) -> Part:
    if url[:5].lower() == "data:":
        return _data(url[5:])
    try:
        name = unquote(urlsplit(url).path.rpartition("/")[2])
    except ValueError:  # the policy says why it is none
        name = ""
    return Part(name, url=url)


def _data(rest: str) -> Part:
    """RFC 2397."""
    kind, comma, content = rest.partition(",")
    media_type, *parameters = (part.strip().lower() for part in kind.split(";"))
    try:
        if not comma:
            raise ValueError
        data = _base64(content) if "base64" in parameters else unquote_to_bytes(content)
    except (ValueError, binascii.Error):
        raise InvalidOptionError("A data URI cannot be decoded", "it is cut short or not base64") from None
    return Part("image" + (mimetypes.guess_extension(media_type) or ""), data)


def _base64(content: str) -> bytes:
    text = unquote(content) if "%" in content else content
    text = text.translate(_URL_SAFE)
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)


_URL_SAFE = str.maketrans("-_", "+/", "\r\n\t ")


def lifecycle(headers: Mapping[str, str], *names: str) -> float | None:
    """Seconds after which something is to be deleted, as the first header says that there is; `None` for as usual.

    Args:
        headers: of a request.
        names: of headers with JSON such as `{"expiration_duration_seconds": 3600}`; any other content says nothing.
    """
    for text in filter(None, map(headers.get, names)):
        try:
            seconds = json.loads(text)["expiration_duration_seconds"]
            if isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds > 0:
                return float(seconds)
        except (ValueError, TypeError, KeyError, RecursionError):
            continue
    return None
