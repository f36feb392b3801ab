"""Acceptance of a round in three steps: handed in, checked, signed by the client; then frozen."""

from roundtag.acceptance.entries import SHOWS, EntryLine, entries
from roundtag.acceptance.forms import read_decision, read_hand_in
from roundtag.acceptance.inviting import (
    PURPOSE,
    InviteSigner,
    RevokeInvitations,
    SetContact,
    contact_of,
    invite_signer,
    read_contact,
    revoke_invitations,
    set_contact,
)
from roundtag.acceptance.pages import (
    Panel,
    panel,
    panel_by_link,
    photo_by_link,
    signature_of,
)
from roundtag.acceptance.returning import SentBack, sent_back_at, sent_back_to
from roundtag.acceptance.steps import (
    CheckRound,
    HandIn,
    SignByLink,
    SignRound,
    check_round,
    hand_in,
    sign_by_link,
    sign_round,
)
from roundtag.acceptance.waiting import Waiting, waiting_for

__all__ = [
    "PURPOSE", "SHOWS", "CheckRound", "EntryLine", "HandIn", "InviteSigner",
    "Panel", "RevokeInvitations", "SentBack", "SetContact", "SignByLink", "SignRound", "Waiting",
    "check_round", "contact_of", "entries", "hand_in", "invite_signer", "panel", "panel_by_link",
    "photo_by_link", "read_contact", "read_decision", "read_hand_in", "revoke_invitations",
    "sent_back_at", "sent_back_to", "set_contact", "sign_by_link", "sign_round", "signature_of",
    "waiting_for",
]  # fmt: skip
