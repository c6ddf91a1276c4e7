"""Decrypts Office files with msoffcrypto-tool, in the sandbox: docx, xlsx, pptx (agile, standard), doc, xls, ppt."""

from __future__ import annotations

import contextlib
import io
import struct
import tempfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from legenda.errors import CorruptSourceError, MissingComponentError, PasswordRequiredError, WrongPasswordError


def decrypt(file: BinaryIO, out: BinaryIO, password: str | None, *, name: str, sure: bool) -> bool:
    """Write the file decrypted, if it is encrypted.

    Args:
        file: the input, seekable.
        out: takes the result.
        password: may be missing.
        name: for messages.
        sure: whether it is encrypted in any case, since an encrypted package lies in it.

    Returns:
        Whether it was.

    Raises:
        PasswordRequiredError: it is encrypted and no password is given.
        WrongPasswordError: the password is another.
        MissingComponentError: msoffcrypto-tool is not installed.
        CorruptSourceError: it is damaged, or encrypted in an unknown way.
    """
    try:
        import msoffcrypto
        from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError
    except ImportError as error:
        if not sure:  # an old file may be plain; LibreOffice will say
            return False
        what, why = f"{name} is encrypted", "msoffcrypto-tool is not installed"
        raise MissingComponentError(what, why, "pip install 'legenda[office]'") from error
    try:
        document: Any = msoffcrypto.OfficeFile(file)
        encrypted = document.is_encrypted()
    except (*_DAMAGE, FileFormatError, ParseError) as error:
        if sure:
            raise _damaged(name, error) from error
        return False  # LibreOffice will say what it thinks of it
    if not encrypted:
        return False
    if password is None:
        raise PasswordRequiredError(f"{name} is encrypted", "no password was given", "give its password")
    try:
        document.load_key(password=password)
        with _files_in_memory():
            document.decrypt(out)
    except InvalidKeyError as error:
        raise _wrong(name) from error
    except (*_DAMAGE, DecryptionError, FileFormatError, ParseError) as error:
        raise _damaged(name, error) from error
    return True


_DAMAGE: tuple[type[Exception], ...] = (OSError, ValueError, KeyError, IndexError, AssertionError, struct.error)


@contextlib.contextmanager
def _files_in_memory() -> Iterator[None]:
    """msoffcrypto-tool makes temporary files, which this process may not."""
    own = tempfile.TemporaryFile
    tempfile.TemporaryFile = io.BytesIO  # type: ignore[assignment]
    try:
        yield
    finally:
        tempfile.TemporaryFile = own


def _wrong(name: str) -> WrongPasswordError:
    return WrongPasswordError(f"{name} is encrypted", "the password does not open it", "give the right one")


def _damaged(name: str, error: Exception) -> CorruptSourceError:
    return CorruptSourceError(f"{name} cannot be decrypted", str(error)[:200], "save it again")
