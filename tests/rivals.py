"""Rivals: the same moment on several connections."""

import threading

from django.db import close_old_connections, connection

from yellowcart.core.problems import Problem


class Together:
    """Runs the same call on several threads, each with its own connection, at the same moment."""

    def __init__(self, calls):
        self.results = []
        self.barrier = threading.Barrier(len(calls))
        self.threads = [threading.Thread(target=self._run, args=(call,)) for call in calls]

    def _run(self, call):
        close_old_connections()
        try:
            self.barrier.wait(timeout=300)
            self.results.append(call())
        except Problem as problem:
            self.results.append(problem.code)
        finally:
            connection.close()

    def go(self):
        for thread in self.threads:
            thread.start()
        for thread in self.threads:
            thread.join(timeout=300)
        return self.results
