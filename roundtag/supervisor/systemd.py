"""A word to systemd (Type=notify), so that `systemctl restart` returns when the unit answers."""

import os
import socket


def tell(state: str) -> None:
    """Sends e.g. READY=1 to whoever started this process and listens; nobody may."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.connect(f"\0{address[1:]}" if address.startswith("@") else address)
        line.send(state.encode())
