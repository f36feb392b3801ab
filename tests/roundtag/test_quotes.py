"""Quotes: what is counted, who decides what they saw, links, and two who decide at once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtag import clock, ledger, links, mails, quotes
from roundtag.access import ATTENDEE
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import Fields
from roundtag.models import (
    Approval,
    CapabilityLink,
    Contract,
    Log,
    Notification,
    OutMail,
    Quote,
    RepairOrder,
    ReportContact,
)
from roundtag.quotes import money
from tests.repairing import LINES, TOTAL, Bench, bench
from tests.seeing import at_once, leaf_texts, snapshot
from tests.world import World, person, run

DAY = date(2026, 11, 26)


@pytest.fixture
def at(world: World) -> Bench:
    return bench(world)


def sound() -> None:
    assert not [line for log in Log.select() for line in ledger.verify(log.client_id)]


# Money


def read(**row: str) -> dict[str, str]:
    form = Fields([(f"{name}.1", value) for name, value in row.items()])
    lines = money.read_lines(form)
    form.done()
    return lines[0]


@pytest.mark.parametrize(("typed", "kept"), [
    ("1280", "1280.00"), ("1280.5", "1280.50"), ("1280,50", "1280.50"), ("1,280.00", "1280.00"),
    ("１２８０．５０", "1280.50"), ("¥1280", "1280.00"), ("1280元", "1280.00"), ("0", "0.00"),
    ("1 280", "1280.00"), ("99999999.99", "99999999.99"),
])  # fmt: skip
def test_amounts_as_people_type_them(typed: str, kept: str) -> None:
    assert read(words="主板", price=typed, kind="parts")["price"] == kept


@pytest.mark.parametrize(("typed", "code"), [
    ("-5", "range"), ("1e5", "number"), ("NaN", "number"), ("1.234", "digits"), ("", "number"),
    ("1234567890", "range"), ("一百", "number"), ("1.2.3", "number"), ("∞", "number"),
])  # fmt: skip
def test_amounts_that_are_none_are_named(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as told:
        read(words="主板", price=typed)
    assert [(e.field, e.code) for e in told.value.errors] == [("price.1", code)]


@pytest.mark.parametrize(("typed", "code"), [("0", "range"), ("-1", "range"), ("x", "number"),
                                             ("100000", "range"), ("1.005", "digits")])  # fmt: skip
def test_pieces_that_are_none_are_named(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as told:
        read(words="主板", price="1", quantity=typed)
    assert [(e.field, e.code) for e in told.value.errors] == [("quantity.1", code)]


def test_a_row_needs_words_and_a_known_kind() -> None:
    with pytest.raises(Invalid) as told:
        read(price="5", kind="bribe")
    assert {e.field for e in told.value.errors} == {"words.1", "kind.1"}
    assert money.read_lines(Fields([("words.1", ""), ("quantity.1", "3")])) == []


def test_each_line_is_rounded_half_up_before_the_sum() -> None:
    lines = [{"quantity": "0.5", "price": "0.01"}] * 2
    assert money.total(lines) == "0.02"
    assert money.total(LINES) == TOTAL


CENTS = st.integers(0, 9_999_999_999).map(lambda n: Decimal(n) / 100)


@given(st.lists(st.tuples(st.integers(1, 9_999_999), CENTS), max_size=30))
def test_the_total_is_the_sum_of_the_lines_as_shown(rows: list[tuple[int, Decimal]]) -> None:
    lines = [{"quantity": str(Decimal(n) / 100), "price": f"{price:.2f}"} for n, price in rows]
    shown = sum((Decimal(money.amount(money.line_total(line))) for line in lines), Decimal(0))
    assert Decimal(money.total(lines)) == shown


# Versions


def test_a_newer_version_takes_the_place_of_the_older_one(at: Bench) -> None:
    key = at.to("quoting")
    first = at.offer(key)
    second = at.offer(key, lines=LINES[:1])
    rows = list(Quote.select().order_by(Quote.number))
    assert [(row.number, row.state, row.total) for row in rows] == [
        (1, "withdrawn", TOTAL), (2, "offered", "1280.00")]  # fmt: skip
    assert at.answer(first).outcome == "conflict"
    assert at.order(key).state == "offered"
    assert at.answer(second).outcome == "done"
    assert Approval.get(Approval.subject == "quote").amount == "1280.00"


def test_a_draft_of_somebody_else_is_not_overwritten(at: Bench) -> None:
    key = at.to("quoting")
    at.draft(key)
    before = snapshot()["quote"]
    assert at.draft(key, LINES[:1], seen="").outcome == "conflict"
    assert snapshot()["quote"] == before
    assert at.draft(key, LINES[:1]).outcome == "done"
    row = quotes.latest("repair", key)
    assert row
    assert (row.number, row.total) == (1, "1280.00")
    assert run(quotes.offer_quote, quotes.OfferQuote(row.id, "0"), at.keeper).outcome == "conflict"


def test_the_currency_is_the_contracts(at: Bench) -> None:
    key = at.to("quoting")
    Contract.update(terms={"currency": "HKD"}).where(Contract.id == at.world.contract_id).execute()
    assert Quote.get_by_id(at.offer(key)).currency == "HKD"


def test_words_of_a_quote_and_of_a_refusal_stay_out_of_the_log(at: Bench) -> None:
    key = at.to("quoting")
    quote = at.offer(key, note="含税运")
    at.answer(quote, "refused")
    for word in ("含税运", "太贵", "陈敏"):
        assert word not in leaf_texts()
    sound()


# Deciding


def test_what_was_seen_is_what_is_decided(at: Bench) -> None:
    quote = at.offer(at.to("quoting"))
    assert at.answer(quote, seen="0123").outcome == "conflict"
    assert not Approval.select().exists()
    assert at.answer(quote).outcome == "done"
    row = Approval.get()
    assert (row.amount, row.decision, row.signer, row.person_id, row.link_hash) == (
        TOTAL, "approved", "陈敏", at.client.person_id, None)  # fmt: skip
    sound()


def test_a_refusal_needs_a_reason_and_a_name(at: Bench) -> None:
    quote = at.offer(at.to("quoting"))
    for wrong in ({"note": None}, {"signer": None}):
        with pytest.raises(Invalid):
            at.answer(quote, "refused", **wrong)
    with pytest.raises(Invalid):
        at.answer(quote, "maybe")
    assert at.answer(quote, "refused").outcome == "done"


def test_an_expired_quote_can_be_refused_and_not_approved(
    at: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = at.to("quoting")
    quote = at.offer(key, days=1)
    later = clock.now() + timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(Invalid) as told:
        at.answer(quote)
    assert told.value.errors[0].code == "expired"
    assert at.answer(quote, "refused").outcome == "done"
    at.draft(key, days=-5)
    row = quotes.latest("repair", key)
    assert row
    with pytest.raises(Invalid):
        at.put(row)


@pytest.mark.parametrize("role", ["manager", "supervisor", "storekeeper", "engineer", "admin",
                                  "auditor", "quality"])  # fmt: skip
def test_only_the_client_decides(at: Bench, role: str) -> None:
    quote = at.offer(at.to("quoting"))
    who = person(f"x-{role}", (role, "client", at.world.client_id))
    with pytest.raises(Forbidden):
        at.answer(quote, who=who)


def test_another_clients_people_decide_nothing(at: Bench, other: World) -> None:
    quote = at.offer(at.to("quoting"))
    with pytest.raises(NotFound):
        at.answer(quote, who=other.viewer)
    with pytest.raises(NotFound):
        quotes.page(quote, other.viewer)


# Links


def test_a_link_decides_once_and_all_links_end(at: Bench) -> None:
    quote = at.offer(at.to("quoting"))
    one, two = at.link(quote), at.link(quote)
    assert at.answer_by_link(quote, one).outcome == "done"
    row = Approval.get()
    assert (row.person_id, row.link_hash) == (None, links.hash_of(one))
    for secret in (one, two):
        with pytest.raises(NotFound):
            at.answer_by_link(quote, secret)
        with pytest.raises(NotFound):
            quotes.page_by_link(secret)


def test_links_that_are_revoked_expired_or_of_another_quote_open_nothing(
    at: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    quote = at.offer(at.to("quoting"))
    secret = at.link(quote)
    with pytest.raises(NotFound):
        run(quotes.quote_by_link, quotes.QuoteByLink(quote + 1, "x", "approved", "y",
                                                     secret_link=secret), ATTENDEE)  # fmt: skip
    run(quotes.revoke_deciders, quotes.RevokeDeciders(quote), at.keeper)
    with pytest.raises(NotFound):
        quotes.page_by_link(secret)
    fresh = at.link(quote)
    assert quotes.page_by_link(fresh).mine
    later = clock.now() + timedelta(days=15)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(NotFound):
        quotes.page_by_link(fresh)


def test_a_new_version_ends_the_links_of_the_old_one(at: Bench) -> None:
    key = at.to("quoting")
    secret = at.link(at.offer(key))
    at.offer(key, lines=LINES[:1])
    with pytest.raises(NotFound):
        quotes.page_by_link(secret)


def test_the_contact_gets_a_letter_with_a_link_while_it_is_open(at: Bench) -> None:
    ReportContact.create(client=at.world.client_id, contract=at.world.contract_id, name="陈敏",
                         email="chen@example.com", at=clock.now())  # fmt: skip
    key = at.to("quoting")
    quote = at.offer(key)
    mail = OutMail.get(OutMail.kind == quotes.PURPOSE)
    letter = mails._composers[quotes.PURPOSE](mail)
    assert letter
    secret = letter.text.split("/quote/")[1].split()[0]
    assert quotes.page_by_link(secret).id == quote
    assert TOTAL in letter.title
    at.answer(quote)
    assert mails._composers[quotes.PURPOSE](mail) is None
    assert not CapabilityLink.select().where(CapabilityLink.revoked_at.is_null()).exists()


def test_who_hears(at: Bench) -> None:
    keeper = person("x-keeper", ("storekeeper", "client", at.world.client_id))
    quote = at.offer(at.to("quoting"))
    told = Notification.select().where(Notification.kind == "quote-offered")
    assert {row.recipient_id for row in told} == {at.client.person_id}
    at.answer(quote)
    told = Notification.select().where(Notification.kind == "quote-approved")
    reached = {row.recipient_id for row in told}
    assert {keeper.person_id, at.keeper.person_id} <= reached
    assert at.client.person_id not in reached


# What readers see


def test_engineers_see_no_money_and_clients_no_drafts(at: Bench) -> None:
    key = at.to("quoting")
    at.draft(key)
    draft = quotes.latest("repair", key)
    assert draft
    assert quotes.versions("repair", key, at.client, at.world.client_id) == []
    with pytest.raises(NotFound):
        quotes.page(draft.id, at.client)
    at.put(draft)
    assert quotes.page(draft.id, at.client).mine
    assert quotes.waiting_for(at.client) == [draft.id]
    assert quotes.waiting_for(at.keeper) == []
    assert quotes.versions("repair", key, at.world.engineer, at.world.client_id) == []
    with pytest.raises(NotFound):
        quotes.page(draft.id, at.world.engineer)


# Two at once


def test_of_a_link_and_a_sign_in_at_once_one_decides(fresh_world: World) -> None:
    at = bench(fresh_world)
    key = at.to("quoting")
    quote = at.offer(key)
    secret = at.link(quote)
    by_link = [lambda: at.answer_by_link(quote, secret, "refused")]
    answers = at_once([lambda: at.answer(quote), lambda: at.answer(quote, "refused"), *by_link])
    done = [one for one in answers if getattr(one, "outcome", "") == "done"]
    rest = [one for one in answers if getattr(one, "outcome", "") != "done"]
    assert len(done) == 1
    told = {getattr(one, "outcome", type(one).__name__) for one in rest}
    assert told <= {"conflict", "NotFound"}
    assert Approval.select().count() == 1
    assert at.order(key).state == Approval.get().decision == Quote.get_by_id(quote).state


def test_approved_while_a_newer_one_is_offered(fresh_world: World) -> None:
    at = bench(fresh_world)
    key = at.to("quoting")
    old = at.offer(key)
    at.draft(key, LINES[:1])
    new = quotes.latest("repair", key)
    assert new
    seen = quotes.digest(Quote.get_by_id(old))
    answers = at_once([lambda: at.answer(old, seen=seen), lambda: at.put(new)])
    outcomes = [one.outcome for one in answers]  # type: ignore[union-attr]
    assert sorted(outcomes) == ["conflict", "done"]
    order = RepairOrder.get_by_id(key)
    states = {row.id: row.state for row in Quote.select()}
    if outcomes[0] == "done":
        assert (order.state, states) == ("approved", {old: "approved", new.id: "draft"})
    else:
        assert (order.state, states) == ("offered", {old: "withdrawn", new.id: "offered"})
