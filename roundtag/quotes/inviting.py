"""Asking a client for a decision: by mail, or by a link that is handed over."""

from dataclasses import dataclass, field

from roundtag import addresses as site
from roundtag import links, mails
from roundtag.commands import Deed, Outcome
from roundtag.mails import Letter
from roundtag.models import Client, OutMail, Quote
from roundtag.quotes import subjects
from roundtag.quotes.writing import PURPOSE, found, hold
from roundtag.words import N_


@dataclass(frozen=True)
class InviteDecider:
    """The secret is made by whoever shows it, once; only its hash is kept."""

    quote_id: int
    secret_token: str = field(repr=False)


def invite_decider(command: InviteDecider, deed: Deed) -> Outcome:
    row = found(command.quote_id, deed.actor)
    basis = hold(row.subject, row.subject_id, deed)
    row = Quote.get_by_id(row.id)
    if row.state != "offered":
        return Outcome(N_("Only a quote that is offered can be decided."), basis.url, "conflict",
                       subject_id=row.id)  # fmt: skip
    links.keep(PURPOSE, row.id, command.secret_token, deed.received_at)
    return Outcome(N_("This link is shown once. Hand it to the person who decides."),
                   f"/quotes/{row.id}", subject_id=row.id)  # fmt: skip


@dataclass(frozen=True)
class RevokeDeciders:
    quote_id: int


def revoke_deciders(command: RevokeDeciders, deed: Deed) -> Outcome:
    row = found(command.quote_id, deed.actor)
    deed.require(row.client_id)
    mails.withdraw(PURPOSE, row.id, deed.received_at)
    count = links.revoke(PURPOSE, row.id, deed.received_at)
    return Outcome(N_("%(count)s links to decide open nothing any more."), f"/quotes/{row.id}",
                   values={"count": count}, subject_id=row.id)  # fmt: skip


@mails.composer(PURPOSE)
def letter(mail: OutMail) -> Letter | None:
    """Nothing when it was decided or withdrawn before the mail went out."""
    row = Quote.get_by_id(mail.subject_id)
    if row.state != "offered":
        return None
    basis = subjects.basis(row.subject, row.subject_id)
    where = f"{site.base_url()}/quote/{links.grant(PURPOSE, row.id, mail.created_at)}"
    client = Client.get_by_id(row.client_id)
    money = f"{row.total} {row.currency}"
    days = links.LIFETIMES[PURPOSE].days
    return Letter(
        f"请确认报价：{basis.number} {money} / Quote {basis.number}, {money}",
        f"{mail.name}，您好！\n\n{client.name}：{basis.number} {basis.title} 的报价为 {money}，"
        f"有效期至 {row.valid_until}。请打开下面的链接查看并确认或拒绝，无需账号：\n\n{where}\n\n"
        f"链接{days}天内有效，仅供确认本报价，请勿转发。未经确认，我们不会开始维修或采购。\n\n---\n\n"
        f"The quote for {basis.number} {basis.title} comes to {money}, valid until "
        f"{row.valid_until}. Please look at it and approve or refuse; it needs no account:\n\n"
        f"{where}\n\nThe link works for {days} days and for this quote only. Please do not pass it "
        f"on. Nothing is repaired or bought before you approve.\n",
    )
