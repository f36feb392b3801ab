"""Quotes: numbered versions of what something would cost, which a client approves or refuses."""

from roundtag.quotes.deciding import (
    DecideQuote,
    QuoteByLink,
    decide_quote,
    quote_by_link,
    read_by_link,
)
from roundtag.quotes.deciding import read as read_decision
from roundtag.quotes.inviting import (
    InviteDecider,
    RevokeDeciders,
    invite_decider,
    revoke_deciders,
)
from roundtag.quotes.money import KIND_WORDS, KINDS, ROWS
from roundtag.quotes.pages import (
    Editor,
    QuotePage,
    Version,
    editor,
    page,
    page_by_link,
    sees_money,
    versions,
)
from roundtag.quotes.subjects import SUBJECTS, Basis, Subject
from roundtag.quotes.waiting import waiting_for
from roundtag.quotes.writing import (
    PURPOSE,
    VALID,
    OfferQuote,
    SaveQuote,
    digest,
    latest,
    offer_quote,
    offered,
    read,
    save_quote,
    withdraw,
)

__all__ = [
    "KINDS", "KIND_WORDS", "PURPOSE", "ROWS", "SUBJECTS", "VALID", "Basis", "DecideQuote", "Editor",
    "InviteDecider", "OfferQuote", "QuoteByLink", "QuotePage", "RevokeDeciders", "SaveQuote",
    "Subject", "Version", "decide_quote", "digest", "editor", "invite_decider", "latest",
    "offer_quote", "offered", "page", "page_by_link", "quote_by_link", "read", "read_by_link",
    "read_decision", "revoke_deciders", "save_quote", "sees_money", "versions", "waiting_for",
    "withdraw",
]  # fmt: skip
