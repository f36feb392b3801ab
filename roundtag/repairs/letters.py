"""The mail that asks a client for more time, with a link that needs no account."""

from roundtag import addresses as site
from roundtag import links, mails
from roundtag.mails import Letter
from roundtag.models import OutMail, RepairOrder
from roundtag.repairs import extending


@mails.composer(extending.PURPOSE)
def letter(mail: OutMail) -> Letter | None:
    """Nothing when it was decided or withdrawn before the mail went out."""
    order, asked = RepairOrder.get_by_id(mail.subject_id), extending.pending(mail.subject_id)
    if asked is None or order.ended_at:
        return None
    secret = links.grant(extending.PURPOSE, order.id, mail.created_at)
    where, until = f"{site.base_url()}/extension/{secret}", asked.data["until"]
    return Letter(
        f"请确认延期：返修单 {order.number} / More time for repair {order.number}",
        f"{mail.name}，您好！\n\n返修单 {order.number} 申请延期至 {until}。"
        f"原因：{asked.note or '—'}\n"
        f"请打开下面的链接，同意或不同意，无需账号：\n\n{where}\n\n链接仅供本次确认，请勿转发。\n\n---\n\n"
        f"More time is asked for repair {order.number}, until {until}. Please agree or refuse "
        f"here; it needs no account:\n\n{where}\n\nPlease do not pass this link on.\n",
    )
