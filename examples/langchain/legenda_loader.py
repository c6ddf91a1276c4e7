"""A document loader and a retriever for LangChain: `pip install legenda[chat] langchain-core`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

import legenda
from legenda.desk.ask import Asker
from legenda.exports import EXPORTERS, Origin


class LegendaLoader(BaseLoader):
    """Loads a scan, PDF or office file: a LangChain document a page, as Markdown."""

    def __init__(self, file: str | Path, **options: Any) -> None:
        self._file, self._options = Path(file), {"structure": True} | options

    def lazy_load(self) -> Iterator[Document]:
        """A page at a time."""
        from io import BytesIO

        with legenda.Reader(legenda.ReadOptions(**self._options)) as reader:
            for page in reader.pages(self._file):
                out = BytesIO()
                exporter = EXPORTERS["md"](out, Origin(self._file.name))
                exporter.add(page)
                exporter.close()
                yield Document(out.getvalue().decode(), metadata={"source": str(self._file), "page": page.number})


class LegendaRetriever(BaseRetriever):
    """Passages of one file for a question, with page and boxes; none where it does not say."""

    asker: Asker
    model_config = ConfigDict(arbitrary_types_allowed=True)

    @classmethod
    def of(cls, file: str | Path, **options: Any) -> LegendaRetriever:
        """The retriever of a file, which is read now."""
        return cls(asker=Asker(legenda.read(file, **options).pages))

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        answer = self.asker.answer(query)
        return [
            Document(citation.snippet, metadata={"page": citation.page, "boxes": [list(box) for box in citation.boxes]})
            for citation in answer.citations
        ]


if __name__ == "__main__":
    file, *questions = sys.argv[1:]
    for page in LegendaLoader(file).lazy_load():
        print(f"--- page {page.metadata['page']}: {len(page.page_content)} characters of Markdown")
    retriever = LegendaRetriever.of(file) if questions else None
    for question in questions:
        assert retriever is not None
        for found in retriever.invoke(question):
            print(f"? {question}\n  {found.page_content} (p. {found.metadata['page']})")
