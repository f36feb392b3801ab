"""The pages of slips that have a form, and what a storekeeper fills in."""

from tests.roundtag.slipping import file, stocked, store
from tests.web.reading import Form
from tests.world import World


def slip_pages(world: World) -> tuple[str, ...]:
    """Pages for whoever keeps the stores; the device page offers its part from now on."""
    lamp = stocked(world)
    key = file(world.manager, "scrap", store(world), pieces=((lamp, 1),)).subject_id
    return f"/slips/new?kind=draw&store={store(world)}", f"/slips/{key}"


def good(world: World, form: Form) -> dict[str, str]:
    if form.action.endswith("/uses"):
        return {**form.filled(), "source": f"{store(world)}:1", "quantity": "1"}
    return {**form.filled(), "serials": f"SP{world.code}1", "signer": "李工", "note": "x",
            "person": str(world.manager.person_id)}  # fmt: skip
