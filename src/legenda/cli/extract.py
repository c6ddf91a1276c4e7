"""`legenda extract`: values of a file by a JSON Schema."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from legenda.cli.ask import document
from legenda.cli.status import leaving

if TYPE_CHECKING:
    from legenda.desk.extract import Extraction


@leaving()
def extract(
    file: Annotated[Path, typer.Argument(help="An image, a PDF, an office file, or JSON written by `legenda read`.")],
    schema: Annotated[Path, typer.Option("--schema", "-s", help="A JSON Schema of an object.")],
    places: Annotated[
        bool, typer.Option("--places", help="Give each value's page, boxes and confidence, too.")
    ] = False,
    rules: Annotated[bool, typer.Option("--rules", help="Ask no language model, though one is configured.")] = False,
) -> None:
    """Print the values of a file that a JSON Schema asks for.

    Found by labels, by the form of values and by where they stand; by a language model where LEGENDA_MODEL_URL names
    one, whose values must stand in the document. What is not found is left out.
    """
    from legenda.document.jsonio import dumps

    found = extracted(document(file), parsed(schema), rules=rules)
    sys.stdout.write(dumps(found.plain() if places else found.value, indent=2) + "\n")
    if found.missing:
        typer.echo(f"not found: {', '.join('.'.join(path) for path in found.missing)}", err=True)


def parsed(schema: Path) -> dict[str, Any]:
    """The schema in a file.

    Raises:
        InvalidOptionError: there is none.
    """
    from legenda.errors import InvalidOptionError

    try:
        found = json.loads(schema.read_bytes())
    except (OSError, ValueError) as error:
        raise InvalidOptionError(f"{schema} is no JSON Schema", str(error)) from None
    return found if isinstance(found, dict) else {}


def extracted(read: Any, schema: dict[str, Any], *, rules: bool = False) -> Extraction:
    """The values of a document, by the model that is configured or by rules."""
    from legenda.desk.extract import extract as by_rules
    from legenda.desk.extract.generated import extract_with
    from legenda.desk.model import configured

    model = None if rules else configured()
    return extract_with(model, read, schema) if model else by_rules(read, schema)
