"""GOT-OCR2 in this process, over transformers: text, markup and notations of pages and parts of pages."""

from legenda.engines.got.engine import Got
from legenda.engines.got.mode import Answer, Mode

__all__ = ["Answer", "Got", "Mode"]
