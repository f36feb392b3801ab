"""The pages of the stub: every hook that the client modules look for, and nothing else."""

from __future__ import annotations

import json

WORDS = {
    "saved": "Saved on this phone",
    "sending": "Sending",
    "received": "Received {time}",
    "waiting_photos": "Waiting for {n} photos",
    "needs_you": "Needs you: {reason}",
    "checking": "Office is checking",
    "replaced": "Replaced by a later entry",
    "not_saved": "NOT saved: {reason}",
    "not_saved_full": "NOT saved: this phone is full",
    "new_entry": "New entry",
    "next_step": "Next step",
    "start_over": "Start over",
    "kept": "Back since {time}",
    "discard_sure": "Throw away?",
    "elsewhere": "Open in another tab: an entry of its own",
    "elsewhere_short": "Open in another tab",
    "state_draft": "Draft",
    "state_saved": "Saved on this phone",
    "state_checking": "Office is checking",
    "photos_only": "Only photos are still here",
    "at_office": "The office has this entry",
    "delete_sure": "Delete for good?",
    "sending_of": "Sending {done} of {total}",
    "outbox_told": "{waiting} waiting, {needs} need you, {received} received",
    "storage_use": "{used} of {quota} used",
    "clock_ahead": "Clock {amount} ahead",
    "clock_behind": "Clock {amount} behind",
    "entries_lost": "Cleared: {n} entries are gone",
    "unsent_old": "{n} entries wait for more than a day",
    "photo_reading": "Reading the photo",
    "photo_empty": "This photo is empty",
    "photo_unreadable": "This file is not a picture",
    "photo_number": "Photo {n}",
    "photo_count": "{n} photos",
    "photo_remove": "Remove photo {n}",
    "kind_inspection": "Inspection",
    "kind_swap": "Swap",
    "kind_fault": "Fault",
    "kind_note": "Record",
    "kind_fake": "Fake label",
    "kind_count": "Stocktake list",
    "kind_step": "Step",
    "kind_storecount": "Store count",
    "kind_use": "Use a part",
    "unsent": "{n} not sent yet",
    "somebody": "a colleague",
    "others_sealed": "{n} entries of {name} are sealed",
    "others_open": "{n} entries of {name} may be sent",
    "others_declined": "{n} entries of {name} were declined",
    "carry": "Send for {name}",
    "back": "{n} entries of yours go on",
    "offered": "{n} entries sent once more",
    "reason_refused": "the office refused it",
    "reason_failing": "the office could not take it",
    "reason_photo_lost": "a photo is lost",
    "reason_other_body": "the office holds another entry",
    "pack_progress": "{done}/{total} devices on this phone, {time}",
    "pack_filling": "{done}/{total} devices so far",
    "pack_incomplete": "not complete",
    "pack_bounded": "more are due",
    "pack_full": "this phone is full",
    "signout_unsent": "{n} entries are not sent",
    "update_wait": "Finish the open form first",
}

# What shows itself later stands below: a form that moves under a finger loses the tap.
FRAME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<link rel="icon" href="data:,">
<script type="module" src="/static/{build}/pwa/main.js"></script></head>
<body data-build="{build}"{user}>
<a href="/outbox">Outbox <span data-outbox-count hidden></span></a>
<button data-outbox-send>Send now</button>
<button data-pack-refresh>Refresh</button>
<form method="post" action="/sign-out" data-signout="/offline"><button>Sign out</button></form>
<dialog data-signout-dialog><form method="dialog"><h2 data-signout-count></h2>
<button value="seal">Seal</button><button value="colleagues">Colleagues</button>
<button value="">Stay</button></form></dialog>
<main><h1>{title}</h1>{main}</main>
<p data-needs-https hidden>https needed</p>
<p data-clock-wrong hidden><span data-text></span></p>
<p data-unsent-old hidden><span data-text></span></p>
<p data-entries-lost hidden><span data-text></span><button data-entries-lost-seen>OK</button></p>
<p data-storage-use hidden></p>
<p data-paused="sign-in" hidden>Sign in again: <a href="/sign-in">here</a></p>
<p data-paused="unreachable" hidden>Office not reached</p>
<p data-pack-progress hidden></p>
<div data-update-ready hidden><button data-update-apply>Update ready</button>
<span data-update-note></span></div>
<p data-back hidden><span data-text></span></p>
<script type="application/json" id="words">{words}</script>
</body></html>"""

DEVICE = """
<form id="check" method="post" action="/t/{code}/inspections" enctype="multipart/form-data"
 data-outbox="inspection" data-form-version="1" data-entity="device:{code}"
 data-label="Check {code}">
 <input type="hidden" name="submission_id" value="made-by-the-server">
 <label>Lamp <select name="lamp"><option value="pass">pass<option value="fail">fail</select></label>
 <fieldset data-show-if="lamp=fail"><label>Note <input name="note" required></label></fieldset>
 <div><label class="measure">Volts <input type="number" name="volts" data-min="200" data-max="240">
 </label><p data-outside hidden>outside</p></div>
 <label>Photo <input type="file" name="photo" accept="image/*" multiple data-photo></label>
 <p data-error-for="volts" hidden></p>
 <button name="result" value="done">Save</button>
</form>
<form id="fault" method="post" action="/t/{code}/faults" enctype="multipart/form-data"
 data-outbox="fault" data-form-version="1" data-entity="device:{code}" data-label="Fault {code}">
 <label>What <textarea name="what"></textarea></label><button>Report</button>
</form>"""

GROUPS = "".join(
    f'<section data-outbox-group="{key}" hidden><h2>{key}</h2><ul></ul></section>'
    for key in ("needs", "drafts", "waiting", "checking", "received")
)
OUTBOX = f"""<p data-outbox-empty hidden>Nothing waits</p><ul data-outbox-others hidden></ul>
<template id="outbox-other"><li><p data-text></p><button data-carry hidden></button></li></template>
<p role="status" data-outbox-told></p>
<div data-outbox-progress hidden><p></p><progress></progress></div>
<div data-outbox-list>{GROUPS}</div>
<p data-outbox-rescue hidden><button data-outbox-export>Save as a file</button></p>
<template id="outbox-row"><li><a data-field-link data-field="label"></a> <b data-field="kind"></b>
<time data-field="time"></time> <span data-field="photos"></span> <span data-field="state"></span>
<span data-field="message"></span> <span data-thumbs hidden></span>
<button data-act="retry">Retry</button> <a data-act="correct">Correct</a>
<a data-act="open">Open</a> <button data-act="delete">Delete</button>
<button data-act="discard">Throw away</button></li></template>"""


def page(title: str, main: str, build: str, user: int | None) -> str:
    """One whole page; `user` is left out of pages that may be kept."""
    owner = f' data-user="{user}"' if user else ""
    return FRAME.format(title=title, main=main, build=build, user=owner, words=json.dumps(WORDS))
