"""The ways in: each parses, calls a verb of the library, and renders. No rules, no SQL."""
