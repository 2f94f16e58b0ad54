"""How fast the whole loop is, beside the straightforward way and other networks; docs/performance.md explains it."""
