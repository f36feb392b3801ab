"""Marks English message ids that doors translate later; the library itself speaks no language."""


def N_(message: str) -> str:  # noqa: N802 - the customary name that message extractors look for
    return message
