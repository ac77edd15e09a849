"""Where goods come from: one file a source, share texts, catalogue import."""
