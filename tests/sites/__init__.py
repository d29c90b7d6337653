"""Small real-looking websites served on loopback: the demonstration city and its planted faults."""
