"""`multipart/form-data` as it streams: one file into an `Upload`, small fields into a dict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from legenda.net.names import clean
from legenda.server.problems import ProblemError
from legenda.server.uploads import Upload, check_length, chunks, too_large

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

_FIELD_BYTES = 64 * 2**10  # of all fields together: a metadata object, two signed URLs
_FIELDS = 64
_ENVELOPE = 256 * 2**10  # boundaries, headers and fields around the file


class Form:
    """A form being received.

    Args:
        request: with a multipart body.
        upload: takes the file.
        cap: most bytes of the file.
        file: what the part with the file is called.
        needed: a form without it is refused.
    """

    def __init__(self, request: Request, upload: Upload, cap: int, *, file: str = "file", needed: bool = True) -> None:
        self._request, self._upload, self._cap = request, upload, cap
        self._file, self._needed = file, needed
        self._fields: dict[str, list[bytes]] = {}
        self._seen = self._taken = 0
        self._name, self._is_file, self._had_file, self._ended = "", False, False, False
        self._header, self._value, self._disposition = b"", b"", b""
        self._for_file = bytearray()

    async def receive(self) -> dict[str, list[str]]:
        """Read the whole body.

        Returns:
            The fields with their values.

        Raises:
            ProblemError: 400, it is no such form; 422, it lacks the file.
            TooLargeError: the file, or all else, is beyond its cap.
        """
        check_length(self._request, self._cap + _ENVELOPE)
        parser = self._parser()
        total = 0
        async for chunk in chunks(self._request):
            total += len(chunk)
            if total > self._cap + _ENVELOPE:
                raise too_large(self._cap)
            self._parse(parser, chunk)
            if self._for_file:
                await self._upload.write(bytes(self._for_file))
                self._for_file.clear()
        if not self._ended:
            raise _broken("it ends before its last boundary")
        if self._needed and not self._had_file:
            raise ProblemError(422, "invalid_request", f"The form has no part called `{self._file}`.")
        return {name: [_text(value) for value in values] for name, values in self._fields.items()}

    @property
    def has_file(self) -> bool:
        """Whether there was one; a part without name and content is what browsers send for none."""
        return self._had_file and bool(self._upload.size or self._upload.name)

    def _parser(self) -> MultipartParser:
        _, options = parse_options_header(self._request.headers.get("content-type"))
        if not (boundary := options.get(b"boundary")):
            raise _broken("its Content-Type names no boundary")
        callbacks: MultipartCallbacks = {
            "on_part_begin": self._part_begins,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_ends,
            "on_headers_finished": self._headers_end,
            "on_part_data": self._part_data,
            "on_end": self._ends,
        }
        try:
            return MultipartParser(boundary, callbacks)
        except FormParserError:
            raise _broken("its boundary is too long") from None

    @staticmethod
    def _parse(parser: MultipartParser, chunk: bytes) -> None:
        try:
            parser.write(chunk)
        except FormParserError:
            raise _broken("its parts and boundaries do not fit together") from None

    def _part_begins(self) -> None:
        self._seen += 1
        if self._seen > _FIELDS:
            raise ProblemError(413, "too_large", f"The form has more than {_FIELDS} parts.")
        self._header = self._value = self._disposition = b""

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_ends(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def _headers_end(self) -> None:
        kind, options = parse_options_header(self._disposition)
        if kind != b"form-data" or b"name" not in options:
            raise _broken("a part has no name")
        self._name = _text(options[b"name"])
        self._is_file = self._name == self._file
        if not self._is_file:
            self._fields.setdefault(self._name, []).append(b"")
            return
        if self._had_file:
            raise ProblemError(422, "invalid_request", f"The form has more than one part called `{self._file}`.")
        self._had_file = True
        self._upload.name = clean(options.get(b"filename", b"").decode("utf-8", "replace"))

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._for_file += data[start:end]
            return
        self._taken += end - start
        if self._taken > _FIELD_BYTES:
            raise ProblemError(413, "too_large", f"The form's fields hold more than {_FIELD_BYTES} bytes.")
        self._fields[self._name][-1] += data[start:end]

    def _ends(self) -> None:
        self._ended = True


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        raise _broken("a name or field is not UTF-8") from None


def _broken(why: str) -> ProblemError:
    return ProblemError(400, "bad_form", f"The body is no multipart/form-data: {why}.")
