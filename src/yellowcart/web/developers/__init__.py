"""Where integrators make applications, and people say what an application may do."""
