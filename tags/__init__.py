"""Tag codes, QR symbols and label sheets: text in, bytes out. Knows no database and no web."""
