"""One self-contained file with the plots: libraries, styles and figures inside."""

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from yellowcart.core.clock import now
from yellowcart.insights import queries
from yellowcart.insights.board import board
from yellowcart.insights.picks import Picks

#: Inlined in this order.
_STYLES = "insights/export.css"
_SCRIPTS = ("vendor/echarts.min.js", "insights/plots.js")


def html(picks: Picks) -> str:
    """The report as one HTML file that needs nothing else, a board for each currency."""
    first = board(picks)
    boards = [first, *(board(picks, one) for one in first.currencies if one != first.currency)]
    return render_to_string(
        "insights/export.html",
        {
            "boards": boards,
            "picks": picks,
            "zone": queries.platform_zone(),
            "language": get_language() or "en",
            "written_at": now(),
            "style": _inlined(_STYLES),
            "scripts": [_inlined(name) for name in _SCRIPTS],
        },
    )


def _inlined(name: str) -> SafeString:
    path = finders.find(name)
    if path is None:
        raise FileNotFoundError(f"the static file {name} is missing from this installation")
    with open(path, encoding="utf-8") as file:  # noqa: PTH123  finders give a plain string
        # An inlined script must not close its own element.
        return SafeString(file.read().replace("</script", "<\\/script"))
