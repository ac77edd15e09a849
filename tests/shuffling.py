"""Rows in any order, where a query asks for none: a plan of the database may give it any time."""

from django.db.models.expressions import OrderBy
from django.db.models.functions import Random
from django.db.models.sql.compiler import SQLCompiler


def shuffle_rows() -> None:
    """Let Django's queries for rows that name no order ask for a random one, until the end."""
    ordered = SQLCompiler.get_order_by

    def get_order_by(self: SQLCompiler) -> list:
        found = ordered(self)
        query = self.query
        plain = type(self).__name__ == "SQLCompiler" and query.group_by is None
        if found or not plain or query.distinct or query.combinator or query.subquery:
            return found
        by_chance = OrderBy(Random()).resolve_expression(query)
        return [(by_chance, (*self.compile(by_chance), False))]

    SQLCompiler.get_order_by = get_order_by  # type: ignore[method-assign]
