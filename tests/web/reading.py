"""What tests read in a page: its forms with every field, its sentences, its scripts."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = dict[str, str | None]
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta",
                  "source", "track", "wbr", "use"})  # fmt: skip


@dataclass
class Element:
    tag: str
    attributes: Attributes
    words: list[str] = field(default_factory=list)
    hidden: bool = False
    """Hidden itself or by what it stands in."""

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name) or default


@dataclass
class Form:
    action: str
    method: str
    attributes: Attributes
    fields: list[Element] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        return {one.get("name") for one in self.fields if one.get("name")}

    def filled(self) -> dict[str, str]:
        """What a browser would send of the form as it stands."""
        return {one.get("name"): one.get("value") for one in self.fields if _is_sent(one)}


def _is_sent(one: Element) -> bool:
    if not one.get("name") or one.tag == "button" or one.get("type") in {"file", "submit"}:
        return False
    if one.get("type") in {"radio", "checkbox"}:
        return "checked" in one.attributes
    return True


class Page(HTMLParser):
    """Every element of a page in order; `forms` with their fields."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.forms: list[Form] = []
        self._open: list[Element] = []
        self._select: Element | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        element.hidden = "hidden" in element.attributes or any(e.hidden for e in self._open)
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)
        self._note_form(element)

    def _note_form(self, element: Element) -> None:
        if element.tag == "form":
            self.forms.append(Form(element.get("action"), element.get("method", "get"),
                                   element.attributes))  # fmt: skip
        elif element.tag in {"input", "select", "textarea", "button"} and self._in("form"):
            self.forms[-1].fields.append(element)
        if element.tag == "select":
            self._select = element
        if element.tag == "option" and self._select and "selected" in element.attributes:
            self._select.attributes["value"] = element.get("value")

    def _in(self, tag: str) -> bool:
        return any(element.tag == tag for element in self._open)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            closed = self._open.pop()
            if closed.tag == "textarea":
                closed.attributes["value"] = "".join(closed.words).removeprefix("\n")
            if closed.tag == tag:
                return

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.words.append(data)

    def all(self, tag: str, **wanted: str) -> list[Element]:
        return [
            one
            for one in self.elements
            if one.tag == tag and all(one.get(k) == v for k, v in wanted.items())
        ]

    def form(self, action: str, method: str = "post") -> Form:
        return next(f for f in self.forms if f.action == action and f.method == method)

    @property
    def text(self) -> str:
        return " ".join(one.text for one in self.elements if one.tag == "body")

    def flashes(self) -> list[str]:
        """Sentences on top of a page after a form was sent."""
        return [one.text for one in self.elements
                if one.get("role") == "status" and one.get("class").startswith("notice")
                and not one.hidden]  # fmt: skip

    def error(self, name: str, form_prefix: str = "") -> str:
        """The message next to a field: visible, and pointed at by the field."""
        place = f"{form_prefix}e-{name}"
        found = [one for one in self.elements if one.get("id") == place]
        return " ".join(one.text for one in found if not one.hidden)
