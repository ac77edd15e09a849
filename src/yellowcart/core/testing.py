"""A pytest plugin: every test runs on a real PostgreSQL, ``DATABASE_URL`` where it is set, else an
embedded one in a temporary folder. It loads before Django reads its settings."""

import os
import tempfile

from yellowcart.core import embedded
from yellowcart.core.messages import compile_all

_folder = tempfile.TemporaryDirectory(prefix="yellowcart-test-")
os.environ["YELLOWCART_DATA"] = _folder.name
os.environ["YELLOWCART_SECRET_KEY"] = "tests-only-tests-only-tests-only-tests-only"  # noqa: S105
os.environ.pop("YELLOWCART_ENV", None)
embedded.ensure_database()
compile_all()
