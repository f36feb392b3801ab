from flask import Blueprint, request
from werkzeug.wrappers import Response

from blueprints import door, pages
from roundtag import clock, readings

blueprint = Blueprint("readings", __name__)


@blueprint.get("/devices/<int:device_id>/readings")
def of_device(device_id: int) -> Response:
    """Charts, values and forecasts of all that is measured at a device."""
    return _page(readings.of_device(device_id, door.actor()))


@blueprint.get("/rooms/<int:room_id>/readings")
def of_room(room_id: int) -> Response:
    return _page(readings.of_room(room_id, door.actor()))


def _page(found: readings.Readings) -> Response:
    today = clock.local_day(clock.now())
    return pages.show("readings/show.html", nav="devices", readings=found, today=today)


@blueprint.get("/lamps")
def due() -> Response:
    """Counters that reach their limit soon; ?client=, ?within= days."""
    within = request.args.get("within", readings.SOON, type=int)
    if within not in readings.HORIZONS:
        within = readings.SOON
    client, today = pages.asked_key("client"), clock.local_day(clock.now())
    found = readings.lamps_due(door.actor(), client, within, today)
    return pages.show("readings/due.html", nav="devices", due=found, today=today,
                      horizons=readings.HORIZONS)  # fmt: skip
