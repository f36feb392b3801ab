"""What the server has taken stays on the phone a while, and goes to it again if it was lost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pwa.test_photos import picture

OFFER = """async ([since, until]) => {
  const { offerAgain } = await import("/static/build1/pwa/offer.js");
  return offerAgain(1, [{ since, until }]);
}"""
PRUNE = """async ([now, most]) => {
  const { pruneKept } = await import("/static/build1/pwa/kept.js");
  await pruneKept(Date.parse(now), most);
}"""
LEAVE = """async () => (await import("/static/build1/pwa/hands.js")).leave()"""
LONG_AGO, FAR_OFF = "2020-01-01T00:00:00.000Z", "2099-01-01T00:00:00.000Z"
MUCH = 10**9


@pytest.fixture
def sent(phone: Any) -> Any:
    """A phone whose check with one photo is received."""
    phone.add_photo(picture())
    phone.page.wait_for_selector("#check canvas")
    phone.check()
    phone.says("#check", "Received")
    return phone


def test_a_lost_entry_goes_again_with_its_photo_and_only_once(sent: Any, stub: Any) -> None:
    [row], [kept] = sent.rows(), sent.store("kept")
    assert sent.photos() == []
    assert sent.page.evaluate(OFFER, [LONG_AGO, "2021-01-01T00:00:00.000Z"]) == 0
    assert sent.page.evaluate(OFFER, [LONG_AGO, FAR_OFF]) == 1
    [again] = sent.rows()
    assert (again["state"], again["submission_id"]) == ("saved", row["submission_id"])
    assert sent.photos() == [kept["sha256"]]
    sent.open("/outbox")
    sent.send()
    sent.page.wait_for_selector("[data-outbox-group=received] [data-id]")
    assert sent.page.evaluate(OFFER, [LONG_AGO, FAR_OFF]) == 0
    assert len(stub.store.envelopes()) == 1
    assert [one["sha256"] for one in sent.store("kept")] == [kept["sha256"]]


@pytest.mark.parametrize(
    ("now", "most", "left"), [(FAR_OFF, MUCH, 0), (LONG_AGO, MUCH, 1), (LONG_AGO, 10, 0)]
)
def test_kept_photos_go_when_they_are_old_or_many(
    sent: Any, now: str, most: int, left: int
) -> None:
    sent.page.evaluate(PRUNE, [now, most])
    assert len(sent.store("kept")) == left


def test_nothing_that_was_kept_outlives_its_person(sent: Any) -> None:
    assert sent.store("kept")
    sent.page.evaluate(LEAVE)
    assert sent.store("kept") == []
