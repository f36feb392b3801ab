#!/usr/bin/env python3
"""Checks an export of a Roundtag log on your own machine, without trusting who made it.

    python3 verify.py EXPORT.zip --key 'NAME+ID+KEY' [--head EARLIER.txt …]

--key is the verifier key that you were given when the contract began; keep it yourself. --head is
any head that reached you since: a mail, the foot of a PDF, a receipt; one or more per file. The
export must end at a head of that key, contain every earlier head, and hold exactly the records
that its log tells of. When the key was changed since, a leaf says so, and a head by the old key
must have vouched for that leaf before the new one signed anything. Python 3.9 or later, nothing
else. Exit code 0: all in order; 1: not; 2: misuse; 3: in order, but a head of yours tells of leaves
that a restore has lost, which the log declares: ask when and why.

The tree is that of RFC 9162, heads are C2SP checkpoints, leaves are canonical JSON (RFC 8785), the
signature is Ed25519 (RFC 8032).
"""

import argparse
import base64
import hashlib
import hmac
import json
import sys
import zipfile
import zlib

# Ed25519, checking only (RFC 8032, section 5.1.7)

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def recover(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def add(a, b):
    x = (a[1] - a[0]) * (b[1] - b[0]) % P
    y = (a[1] + a[0]) * (b[1] + b[0]) % P
    t, z = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = y - x, z - t, z + t, y + x
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar, point):
    found = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            found = add(found, point)
        point, scalar = add(point, point), scalar >> 1
    return found


def unpack(data):
    number = int.from_bytes(data, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    x = recover(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE = unpack((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(public, text, signature):
    if len(public) != 32 or len(signature) != 64:
        return False
    key, shown = unpack(public), unpack(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or shown is None or scalar >= L:
        return False
    mix = hashlib.sha512(signature[:32] + public + text).digest()
    left = times(scalar, BASE)
    right = add(shown, times(int.from_bytes(mix, "little") % L, key))
    return not (
        (left[0] * right[2] - right[0] * left[2]) % P
        or (left[1] * right[2] - right[1] * left[2]) % P
    )


# Heads


class Bad(Exception):
    """What is wrong, in a sentence."""


def unbase(text):
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise Bad("this is not Base64: " + text[:40]) from None


def key_id(name, public):
    return hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]


def read_key(text):
    name, _, rest = text.strip().partition("+")
    short, _, coded = rest.partition("+")
    data = unbase(coded)
    if len(data) != 33 or data[:1] != b"\x01" or key_id(name, data[1:]).hex() != short:
        raise Bad("the key cannot be read: copy it whole, NAME+ID+KEY")
    return name, data[1:]


def read_head(note, keys):
    """(origin, size, root) of a note that one of the keys has signed."""
    body, gap, signatures = note.partition("\n\n")
    lines = body.split("\n")
    if not gap or len(lines) < 3 or not lines[1].isascii() or not lines[1].isdigit():
        raise Bad("a head cannot be read")
    root = unbase(lines[2])
    for name, public in keys:
        if lines[0] != name or len(root) != 32 or str(int(lines[1])) != lines[1]:
            continue
        for line in signatures.split("\n"):
            start = "\u2014 " + name + " "
            data = unbase(line[len(start) :]) if line.startswith(start) else b""
            if data[:4] == key_id(name, public) and signed(
                public, (body + "\n").encode(), data[4:]
            ):
                return lines[0], int(lines[1]), root
    raise Bad("a head of size " + lines[1][:20] + " bears no signature of the key in force")


def plain_head(note):
    """The same of a note whose signature nobody here can check."""
    lines = note.split("\n")
    return lines[0], int(lines[1]), unbase(lines[2])


def notes(text):
    """The heads of a file: each is three lines, an empty one, and its signatures."""
    found, lines = [], text.replace("\r\n", "\n").split("\n")
    for at in range(len(lines) - 4):
        if lines[at + 3] == "" and lines[at + 4].startswith("\u2014 ") and lines[at + 1].isdigit():
            end = at + 4
            while end < len(lines) and lines[end].startswith("\u2014 "):
                end += 1
            found.append("\n".join(lines[at:end]) + "\n")
    return found


# The tree


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def top(peaks):
    if not peaks:
        return hashlib.sha256(b"").digest()
    found = peaks[-1]
    for peak in reversed(peaks[:-1]):
        found = node(peak, found)
    return found


def roots(leaves, sizes):
    """The root at each of the sizes, and how many leaves there are; one pass."""
    wanted, found, peaks, size = set(sizes), {}, [], 0
    if 0 in wanted:
        found[0] = top(peaks)
    for leaf in leaves:
        one, ending = hashlib.sha256(b"\x00" + leaf).digest(), size
        while ending & 1:
            one, ending = node(peaks.pop(), one), ending >> 1
        peaks.append(one)
        size += 1
        if size in wanted:
            found[size] = top(peaks)
    return found, size


# The records


def commitment(salt, value):
    return hmac.new(bytes.fromhex(salt), str(value).encode(), hashlib.sha256).hexdigest()


def agrees(row, image, defaults):
    """The first column in which a record is not what the log says. Columns that came later hold
    their default, sealed ones open their commitment. Of what was erased the log says so itself."""
    said = dict(defaults)
    said.update(image)
    if set(said) != set(row["columns"]):
        return "columns"
    for name, value in row["columns"].items():
        told = said[name]
        if isinstance(told, dict) and "hmac-sha256" in told:
            salt = row.get("salts", {}).get(name)
            if value is None:
                return name + ", deleted without erasure"
            if not salt or commitment(salt, value) != told["hmac-sha256"]:
                return name
        elif told != value:
            return name
    return ""


def check_rows(images, rows, defaults):
    for row in rows:
        where = (row["table"], row["key"])
        if where not in images:
            yield f"{where[0]} {where[1]} has no leaf"
            continue
        wrong = agrees(row, images.pop(where) or {}, defaults.get(row["table"], {}))
        if wrong:
            yield f"{where[0]} {where[1]} differs from its leaf ({wrong})"
    for (table, key), image in images.items():
        if image is not None:
            yield f"{table} {key} is missing"


# The export


def lines(archive, name):
    with archive.open(name) as file:
        for line in file:
            yield line.rstrip(b"\n")


def rotations(at, leaf):
    """(index, key before, key after) of a leaf that says that the signing key was changed."""
    for change in leaf["changes"]:
        if change["table"] in ("signing_key", "log_key") and change["after"]:
            yield at, read_key(change["after"]["before"]), read_key(change["after"]["verifier"])


def chain(pinned, changes):
    """All keys of a log in order, and which of them is yours. Each change must go on from the key
    before it."""
    keys = [changes[0][1] if changes else pinned]
    for at, before, after in changes:
        if before != keys[-1]:
            raise Bad(f"leaf {at} changes a key that was not in force")
        keys.append(after)
    if pinned not in keys:
        raise Bad("this log was never signed by your key")
    return keys, keys.index(pinned)


def in_turn(texts, pinned, changes):
    """The export's heads, each by the key whose turn it was: a new key signs once a head by the old
    one holds the leaf that announces it. Of what was signed before your key you get the roots."""
    keys, mine = chain(pinned, changes)
    found, before, checked = [], 0, False
    for note in texts:
        turn = sum(at < before for at, _, _ in changes)
        checked = turn >= mine
        found.append(read_head(note, [keys[turn]]) if checked else plain_head(note))
        if found[-1][1] <= before:
            raise Bad("the heads are not in order")
        before = found[-1][1]
    if found and not checked:
        raise Bad("the newest head bears no signature of your key")
    return found, keys


GAP = "DECLARED GAP"


def check(archive, key, earlier):
    """Yields all that is wrong, nothing when all is well. Raises Bad when it cannot go on."""
    about = json.loads(archive.read("export.json"))
    changes = []
    images = {}
    restored = []
    count = 0
    for line in lines(archive, "leaves.jsonl"):
        leaf = json.loads(line)
        for change in leaf["changes"]:
            images[change["table"], change["key"]] = change["after"]
        if leaf["deed"] == "declare_restored":
            restored.append(count)
        changes += rotations(count, leaf)
        count += 1
    heads, keys = in_turn(notes(archive.read("heads.txt").decode()), read_key(key), changes)
    if not heads or max(head[1] for head in heads) != count:
        yield f"the log has {count} leaves, its newest head says otherwise"
    known = heads + [read_head(note, keys) for note in earlier]
    found, _ = roots(lines(archive, "leaves.jsonl"), [head[1] for head in known])
    for _, size, root in known:
        gap = max([start for start in restored if start < size], default=None)
        if gap is not None and found.get(size) != root:
            yield f"{GAP} {gap} to {size - 1}: lost by a restore that the log tells of"
        elif size > count:
            yield f"a head of size {size} is known, the log has {count}: its end was cut off"
        elif found[size] != root:
            yield f"the log up to leaf {size} is not the one that its head was signed for"
    yield from check_rows(images, map(json.loads, lines(archive, "rows.jsonl")), about["defaults"])


REFUSALS = (Bad, ArithmeticError, AttributeError, EOFError, LookupError, OSError, RuntimeError)
REFUSALS += (TypeError, ValueError, zipfile.BadZipFile, zlib.error)
"""What a file that was spoilt makes of the reading of it."""


def main():
    parser = argparse.ArgumentParser(description="Checks an export of a Roundtag log.")
    parser.add_argument("export")
    parser.add_argument("--key", required=True, help="the verifier key that you were given")
    parser.add_argument("--head", action="append", default=[], help="a file with earlier heads")
    asked = parser.parse_args()
    earlier = []
    for path in asked.head:
        with open(path, encoding="utf-8") as file:
            found = notes(file.read())
        if not found:
            parser.error(path + " holds no head")
        earlier += found
    try:
        with zipfile.ZipFile(asked.export) as archive:
            problems = list(check(archive, asked.key, earlier))
    except REFUSALS as broken:
        problems = [f"it cannot be checked: {str(broken) or type(broken).__name__}"]
    for problem in problems:
        print(problem)
    if all(problem.startswith(GAP) for problem in problems):
        print("in order, but for what is declared" if problems else "all in order")
        return 3 if problems else 0
    print("NOT in order")
    return 1


if __name__ == "__main__":
    sys.exit(main())
