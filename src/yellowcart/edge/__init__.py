"""What a full room hits at once: sockets, snapshots, jump-outs, and the checkout it mounts.

Nothing here blocks the event loop, uses the ORM or looks up a session: a room pass says who the
viewer is, the rule table and the clock are kept in memory, and the database is asked with plain
SQL over an asynchronous pool.
"""
