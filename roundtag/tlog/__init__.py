"""Verifiable logs: Merkle trees (RFC 9162) and signed heads (C2SP); no database, no settings."""
