"""A file a source, each of which reads like the source's own documentation, and what they share."""
