"""The door of a signing link answers a repeated sending, and only one of its own."""

import pytest
from flask import Flask

from roundtag import clock
from roundtag.models import Submission
from tests.world import World

OTHER = "0198c0de-0000-7000-8000-000000000001"


@pytest.mark.parametrize("door", ["sign", "quote", "extension"])
def test_the_id_of_another_deed_shows_nothing_without_a_link(
    app: Flask, world: World, door: str
) -> None:
    Submission.create(id=OTHER, form="check_round", sha256="0" * 64, outcome="done",
                      received_at=clock.now(), receipt={
                          "message": "%(name)s has signed meanwhile.", "url": "/",
                          "values": {"name": "Secret Person"}, "subject_id": 1,
                      })  # fmt: skip
    answer = app.test_client().post(f"/{door}/no-such-link", data={"submission_id": OTHER})
    assert "Secret Person" not in answer.text
    assert answer.status_code == 404
