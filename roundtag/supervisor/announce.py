"""What a person reads in the terminal once the site answers: addresses, QR code, accounts."""

from roundtag.addresses import lan_address
from roundtag.settings import Settings
from tags import qr

DEMO_ACCOUNTS = ("engineer", "manager", "client")


def addresses(settings: Settings) -> list[str]:
    """Where the site can be opened, the address for phones on the same network last."""
    if settings.base_url:
        return [settings.base_url]
    if settings.host not in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return [_url(settings.host, settings.port)]
    hosts = dict.fromkeys(("127.0.0.1", lan_address()))
    return [_url(host, settings.port) for host in hosts]


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def show(settings: Settings, demo: bool, password: str | None, seconds: float) -> None:
    where = addresses(settings)
    lines = [f"\nRoundtag is ready ({seconds:.1f} s).", *(f"  {url}" for url in where)]
    if demo:
        lines += [f"Demo accounts: {', '.join(DEMO_ACCOUNTS)}", _password_line(password)]
    print("\n".join(lines), flush=True)
    code = qr.terminal(where[-1])
    print(f"\n{code}\nScan to open it on a phone in the same network.", flush=True)
    print("Ctrl-C stops it.\n", flush=True)


def _password_line(password: str | None) -> str:
    if password:
        return f"Password of all three, shown this once: {password}"
    return "Password: as shown at the first start (a new demo: another --data-dir)."
