"""Backups that can be made at any time, and restored where nothing is left (docs/adr/0043)."""
