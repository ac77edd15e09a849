"""House rules that imports alone cannot show."""

import ast
from functools import cache
from pathlib import Path

import yellowcart

PACKAGE = Path(yellowcart.__file__).parent
REPOSITORY = PACKAGE.parent.parent
LONGEST_FILE = 500
LONGEST_FUNCTION = 70
WRITES = {
    "create",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "acreate",
    "abulk_create",
}
#: Libraries that speak to the outside.
SPEAKS = {"httpx", "requests", "urllib3", "alipay", "stripe", "wechatpayv3"}


@cache
def modules(*roots: str) -> list[tuple[Path, ast.Module]]:
    """Every module and its tree, read once for all rules."""
    return [
        (path, ast.parse(path.read_text(encoding="utf-8")))
        for root in roots
        for path in sorted((REPOSITORY / root).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def test_no_file_holds_two_ideas() -> None:
    long = [
        f"{path.relative_to(REPOSITORY)}: {length} lines"
        for root, pattern in (
            ("src", "*.py"),
            ("tests", "*.py"),
            ("bench", "*.py"),
            ("src", "*.js"),
        )
        for path in (REPOSITORY / root).rglob(pattern)
        if "vendor" not in path.parts
        and (length := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    ]
    assert long == []


def test_functions_can_be_read_at_once() -> None:
    long = [
        f"{path.relative_to(REPOSITORY)}:{node.lineno} {node.name}"
        for path, tree in modules("src")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_only_a_folder_itself_writes_its_tables() -> None:
    """The demo may: it invents a past that no verb ever made."""
    strangers = []
    for path, tree in modules("src"):
        folder = path.relative_to(PACKAGE).parts[0]
        if folder == "demo":
            continue
        foreign = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            and (node.module or "").startswith("yellowcart.")
            and (node.module or "").endswith(".models")
            and (node.module or "").split(".")[1] != folder
            for alias in node.names
        }
        strangers += [
            f"{path.relative_to(REPOSITORY)}:{node.lineno} {ast.unparse(node.func)}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in WRITES
            and isinstance(node.func.value, ast.Attribute)
            and node.func.value.attr == "objects"
            and isinstance(node.func.value.value, ast.Name)
            and node.func.value.value.id in foreign
        ]
    assert strangers == []


def test_nothing_calls_out_from_inside_a_transaction() -> None:
    """A module that speaks to the outside does not open transactions."""
    both = []
    for path, tree in modules("src"):
        imported = {
            (node.module if isinstance(node, ast.ImportFrom) else alias.name) or ""
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        opens = any(
            isinstance(node, ast.Attribute) and node.attr == "atomic" for node in ast.walk(tree)
        )
        if opens and any(name.split(".")[0] in SPEAKS for name in imported):
            both.append(str(path.relative_to(REPOSITORY)))
    assert both == []
