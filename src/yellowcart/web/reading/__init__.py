"""Where the money goes, as operators read it for the platform and merchants for their shop."""
