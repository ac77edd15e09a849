"""Compiles the load generators, which share the machine with what they measure."""

import os
import shutil
import subprocess
from pathlib import Path


class NoCompilerError(RuntimeError):
    """There is no C compiler on this machine."""


def compiled(source: Path, folder: Path) -> Path:
    """A C program of ours, compiled into a folder."""
    program = folder / source.stem
    if program.exists():
        return program
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if compiler is None:
        raise NoCompilerError("this bench needs a C compiler (cc) for its load generator")
    command = [compiler, "-O2", "-D_GNU_SOURCE", "-o", str(program), str(source)]
    if subprocess.run([*command, "-lz"], check=False, capture_output=True).returncode:
        # Without zlib's headers: viewers then offer no deflate.
        subprocess.run([*command, "-DWITHOUT_ZLIB"], check=True)
    return program
