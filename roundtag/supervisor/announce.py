"""What a person reads in the terminal once the site answers: addresses, QR code, accounts."""

from roundtag import addresses, trust
from roundtag.settings import Settings
from tags import qr

DEMO_ACCOUNTS = ("engineer", "manager", "client")


def where_to_open(settings: Settings) -> list[str]:
    """Where the site can be opened, the address for phones on the same network last."""
    if settings.base_url:
        return [settings.base_url]
    if settings.host not in addresses.EVERYWHERE:
        return [settings.at(settings.host)]
    hosts = dict.fromkeys(("127.0.0.1", addresses.lan_address()))
    return [settings.at(host) for host in hosts]


def show(settings: Settings, demo: bool, password: str | None, seconds: float) -> None:
    where = where_to_open(settings)
    lines = [f"\nRoundtag is ready ({seconds:.1f} s).", *(f"  {url}" for url in where)]
    if demo:
        lines += [f"Demo accounts: {', '.join(DEMO_ACCOUNTS)}", _password_line(password)]
    print("\n".join(lines), flush=True)
    if authority := trust.authority():
        _show_trust(authority)
    print(
        f"\n{qr.terminal(where[-1])}\nScan to open it on a phone in the same network.", flush=True
    )
    print("Ctrl-C stops it.\n", flush=True)


def _show_trust(authority: trust.Authority) -> None:
    """The first code leads to plain http: by https a phone would warn before it trusts."""
    page = addresses.plain_url("/trust")
    print(f"\n{qr.terminal(page)}\nFirst, once on each phone: {page}")
    print("The phone must show this SHA-256 fingerprint before you trust it:")
    half = len(authority.fingerprint) // 2
    print(f"  {authority.fingerprint[:half]}\n  {authority.fingerprint[half + 1 :]}")


def _password_line(password: str | None) -> str:
    if password:
        return f"Password of all three, shown this once: {password}"
    return "Password: as shown at the first start (a new demo: another --data-dir)."
