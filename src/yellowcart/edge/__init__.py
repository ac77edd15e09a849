"""The hot endpoints: sockets, checkout, jump-out, snapshots."""
