"""The cut-off night, played against a running system through its public interfaces, and checked."""
