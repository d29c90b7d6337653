"""How measurements are taken. `python -m collectors <name>` runs one; nothing here judges."""
