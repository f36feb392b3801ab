"""How pages are rendered: language, zone, the frame's data, pack copies, htmx fragments."""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from babel import Locale
from flask import Flask, Response, g, make_response, render_template
from flask_babel import Babel, get_locale, get_translations, gettext
from flask_compress import Compress
from flask_login import current_user
from htmx_flask import Htmx, request
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from roundtag import clock, data, modules, static_files, sync
from roundtag.backups import damage

LANGUAGES = {"zh": "zh-CN", "en": "en"}
CATALOGUES = {"zh": "zh_CN", "en": "en_GB"}
"""Babel completes zh_CN to zh_Hans_CN and then looks for that folder or for `zh`: hence the link
translations/zh beside translations/zh_CN."""
LOCALES = {short: Locale.parse(name) for short, name in CATALOGUES.items()}
COOKIE = "lang"


@dataclass(frozen=True)
class Page:
    """What the frame (templates/layout.html) needs to know of a page."""

    lang: str
    build: str
    path: str
    nav: str = ""
    chrome: str = "staff"
    pack: bool = False
    as_of: datetime = field(default_factory=clock.now)
    theme: str | None = None
    zone: str = clock.DEFAULT_ZONE


@dataclass(frozen=True)
class Me:
    id: int
    name: str
    roles: frozenset[str]


def register(app: Flask) -> None:
    app.config.update(BABEL_DEFAULT_LOCALE="zh_CN", BABEL_DEFAULT_TIMEZONE=clock.DEFAULT_ZONE,
                      BABEL_TRANSLATION_DIRECTORIES="translations")  # fmt: skip
    Babel(app, locale_selector=lambda: LOCALES[language()])
    Htmx(app)
    app.config.update(
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=7,
        COMPRESS_MIN_SIZE=800,
        COMPRESS_BR_WINDOW=16,
    )  # a page fits; above it takes 8 MB a thread
    Compress(app)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _words().ugettext(text),
        lambda one, many, n: _words().ungettext(one, many, n),
        newstyle=True,
    )
    app.jinja_env.globals["_"] = _said
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.globals.update(
        trouble=damage.trouble,
        asset=asset,
        module=module,
        ahead=ahead,
        both=both,
        icon=icon,
        named=named,
        symptom_name=symptom_name,
        words=words,
    )
    app.jinja_env.filters.update(both=both)


def _words() -> Any:
    """The reader's catalogue, looked up once per request and not once per word."""
    if "words" not in g:
        g.words = get_translations()
    return g.words


@pass_eval_context
def _said(how: EvalContext, text: str, /, **values: Any) -> str:
    """What Jinja's own `_` says, without its three calls in between: a page has 200 of them."""
    said = _words().ugettext(text)
    return (Markup(said) if how.autoescape else said) % values  # noqa: S704 - our own words


def asset(path: str) -> str:
    return static_files.prefix() + path


def module(path: str) -> Markup:
    """A script of the page, behind word of all that it imports."""
    tag = Markup('<script type="module" src="{}"></script>').format(asset(path))
    return ahead(path) + tag


def ahead(path: str) -> Markup:
    """Word of a script that the page will import, and of its imports; each is told once a page."""
    told: set[str] = g.setdefault("told", set())
    fresh = [one for one in modules.closure(path) if one not in told]
    told.update(fresh)
    link = Markup('<link rel="modulepreload" href="{}">')
    return Markup("").join(link.format(asset(one)) for one in fresh)


def language() -> str:
    """zh or en: the person's choice, else the address's (for browsers that keep no cookie), else
    the cookie's, else the browser's, else Chinese."""
    if current_user and current_user.is_authenticated and current_user.person.locale:
        return str(current_user.person.locale)
    if asked_language():
        return asked_language()
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(["zh", "zh-CN", "en"], "zh")[:2]


def asked_key(name: str) -> int | None:
    """A key that the address asks for; None when it names none that a column could hold."""
    key = request.args.get(name, type=int)
    return key if key is not None and 0 <= key <= sync.LARGEST else None


def asked_language() -> str:
    """The language that the address names by ?lang=, or nothing."""
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else ""


def language_tail() -> str:
    """What an address needs so that the page behind it speaks the language of this one."""
    return f"?lang={asked_language()}" if asked_language() else ""


@cache
def icon(name: str, small: bool = False) -> Markup:
    """One drawing of static/img/icons.svg. Decorative: the word beside it carries the meaning."""
    look = "icon icon--s" if small else "icon"
    return Markup('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        look, asset("img/icons.svg"), name
    )


def words() -> Markup:
    """The sentences that scripts say, as a JSON block; the same for all readers of a language."""
    return _words_in(language())


@cache
def _words_in(_language: str) -> Markup:
    return Markup(render_template("_words.html"))  # noqa: S704 - our own template


def both(record: Any, name: str = "") -> str:
    """The text of bilingual data in the reader's language: `name_zh`/`name_en`, or `zh`/`en`."""
    tail = "en" if str(get_locale()).startswith("en") else "zh"
    key = f"{name}_{tail}" if name else tail
    value = record.get(key) if isinstance(record, dict) else getattr(record, key)
    return str(value or "")


def named(record: Any) -> str:
    """The name of a row that bears `name` and perhaps `name_en`, in the reader's language."""
    english = str(getattr(record, "name_en", "") or "")
    wanted = english if str(get_locale()).startswith("en") else ""
    return wanted or str(record.name)


def symptom_name(code: str) -> str:
    """A symptom in plain words; faults found by a checklist have a name of their own."""
    known = data.symptom(code)
    return both(known) if known else gettext("Failed in the check")


def me() -> Me | None:
    if not current_user.is_authenticated:
        return None
    person, actor = current_user.person, current_user.actor
    return Me(person.id, person.name or person.username, actor.roles)


PACKED = frozenset({"today.show", "scan.enter", "scan.open_tag", "scan.open_tag_scanned",
                    "scan.record", "slips.bag", "faults.show", "fakes.show", "stocktakes.rooms",
                    "stocktakes.room", "storecounts.new_list", "outbox.show", "more.show",
                    "pwa.offline"})  # fmt: skip
"""What a pack may hold; every other page is for the person who asks, now."""


def is_pack() -> bool:
    """Whether the page is fetched for the phone's store, without any person in it."""
    return request.headers.get("X-Pack") == "1" and request.endpoint in PACKED


def is_fragment() -> bool:
    """Whether htmx asks for a part of a page (a boosted link or a restored page is whole)."""
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def show(
    template: str, *, nav: str = "", chrome: str = "staff", path: str = "", **values: Any
) -> Response:
    """Renders a page for people; as a pack copy it bears the digest of its text
    before any compression. With a `form` that was refused it is answered as 422.

    `path` is where the page can be read again, when it answers a form sent to another address.
    """
    short = language()
    here = path or request.full_path.rstrip("?")
    frame = Page(LANGUAGES.get(short, "en"), static_files.build(), here, nav, chrome, is_pack())
    response = make_response(render_template(template, page=frame, me=me(), **values))
    response.status_code = 422 if getattr(values.get("form"), "errors", None) else 200
    response.vary.update(["HX-Request", "Cookie", "Accept-Language"])
    if frame.pack:
        digest = base64.b64encode(hashlib.sha256(response.get_data()).digest()).decode()
        response.headers["Unencoded-Digest"] = f"sha-256=:{digest}:"
        response.headers["X-Pack"] = "1"
    return response


def fragment(template: str, **values: Any) -> Response:
    """Renders a part of a page for htmx."""
    response = make_response(render_template(template, me=me(), **values))
    response.vary.add("HX-Request")
    return response
