"""Accounts: how people come in, what they prove, and who gives and takes rights."""
