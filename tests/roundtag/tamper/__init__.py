"""Histories as people make them, and what somebody with every password does to them (G7)."""
