"""`roundtag serve`: prepares, starts every process, keeps them up, stops them all."""

from roundtag.supervisor.serve import ROLES, Options, Refused, serve

__all__ = ["ROLES", "Options", "Refused", "serve"]
