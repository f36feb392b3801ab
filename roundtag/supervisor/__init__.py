"""`roundtag serve`: prepares, starts every process, keeps them up, stops them all."""

from roundtag.supervisor.serve import Options, Refused, serve

__all__ = ["Options", "Refused", "serve"]
