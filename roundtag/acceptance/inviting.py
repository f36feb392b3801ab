"""Asking the client to sign: by mail or by a link that is handed over, one purpose, two weeks."""

import re
from dataclasses import dataclass, field

from roundtag import addresses as site
from roundtag import links, mails
from roundtag.acceptance import names, rules
from roundtag.commands import Deed, Outcome
from roundtag.contacts import contact_of
from roundtag.errors import NotFound, invalid
from roundtag.fields import Fields
from roundtag.mails import Letter
from roundtag.models import Contract, OutMail, ReportContact
from roundtag.words import N_

PURPOSE = "round-sign"
ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")


@dataclass(frozen=True)
class InviteSigner:
    """The secret is made by whoever shows it, once; only its hash is kept."""

    round_id: int
    secret_token: str = field(repr=False)


def invite_signer(command: InviteSigner, deed: Deed) -> Outcome:
    tour = rules.tour_of(command.round_id)
    deed.require(tour.client_id)
    if tour.stage != rules.BEFORE["client"]:
        raise invalid("round", "stage", N_("The client signs after the supervisor's check."))
    links.keep(PURPOSE, tour.id, command.secret_token, deed.received_at)
    return Outcome(N_("This link is shown once. Hand it to the person who signs."),
                   f"/rounds/{tour.id}/acceptance", subject_id=tour.id)  # fmt: skip


@dataclass(frozen=True)
class RevokeInvitations:
    round_id: int


def revoke_invitations(command: RevokeInvitations, deed: Deed) -> Outcome:
    tour = rules.tour_of(command.round_id)
    deed.require(tour.client_id)
    mails.withdraw(PURPOSE, tour.id, deed.received_at)  # its link would be made when it is sent
    count = links.revoke(PURPOSE, tour.id, deed.received_at)
    return Outcome(N_("%(count)s links to sign open nothing any more."),
                   f"/rounds/{tour.id}/acceptance", values={"count": count},
                   subject_id=tour.id)  # fmt: skip


@dataclass(frozen=True)
class SetContact:
    """Who gets the reports of a contract. Without an address it is whoever is of the client."""

    contract_id: int
    name: str | None
    email: str | None


def read_contact(form: Fields, contract_id: int) -> SetContact:
    command = SetContact(contract_id, form.text("name", limit=80), form.text("email", limit=200))
    if command.email and not ADDRESS.fullmatch(command.email):
        form.refuse("email", "address", N_("Give an e-mail address, for example it@example.com."))
    form.done()
    return command


def set_contact(command: SetContact, deed: Deed) -> Outcome:
    contract = Contract.get_or_none(Contract.id == command.contract_id)
    if contract is None:
        raise NotFound
    deed.require(contract.client_id)
    values = {"name": command.name, "email": command.email, "person": deed.person_id,
              "at": deed.received_at}  # fmt: skip
    known = contact_of(contract.id)
    if known:
        deed.change(known, **values)
    else:
        known = deed.create(ReportContact, client=contract.client_id, contract=contract, **values)
    return Outcome(N_("The contact is noted."), subject_id=known.id)


@mails.composer(PURPOSE)
def letter(mail: OutMail) -> Letter | None:
    """Nothing when the round was signed or sent back before the mail went out."""
    tour = rules.tour_of(mail.subject_id)
    if tour.stage != rules.BEFORE["client"]:
        return None
    where = f"{site.base_url()}/sign/{links.grant(PURPOSE, tour.id, mail.created_at)}"
    days = links.LIFETIMES[PURPOSE].days
    zh, en = names.of_round(tour)
    return Letter(
        f"请签收：{zh} {tour.period} / Please sign: {en} {tour.period}",
        f"{mail.name}，您好！\n\n{tour.client.name} {zh}（{tour.period}）已完成并经主管复核，"
        f"请打开下面的链接查看并签字，约需一分钟，无需账号：\n\n{where}\n\n"
        f"链接{days}天内有效，仅供签收本次巡检，请勿转发。\n\n---\n\n"
        f"{en} ({tour.period}) is finished and was checked by the supervisor. Please look through "
        f"it and sign; it takes about a minute and needs no account:\n\n{where}\n\n"
        f"The link works for {days} days and for this round only. Please do not pass it on.\n",
    )
