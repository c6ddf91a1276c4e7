from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legenda.server.dialects.queue.ids import job_of_nano, job_of_uuid, nano_of, uuid_of


@given(st.uuids(version=4))
def test_every_form_of_an_id_leads_back(id: uuid.UUID) -> None:
    assert uuid_of(id.hex) == str(id) and job_of_uuid(str(id)) == job_of_uuid(str(id).upper()) == id.hex
    assert len(nano_of(id.hex)) == 21 and job_of_nano(nano_of(id.hex)) == id.hex


@given(st.text(max_size=40))
def test_whatever_else_is_none(text: str) -> None:
    assert job_of_uuid(text) == "" and (job_of_nano(text) == "" or nano_of(job_of_nano(text)) == text)


@pytest.mark.parametrize("text", ["", "x" * 20, "x" * 22, "_" * 21, "é" * 21, "../../../../../../../etc"])
def test_no_id(text: str) -> None:
    assert job_of_nano(text) == "" and job_of_uuid(text) == ""
