"""The one page the edge shows: why a link can't be followed, in words."""

from collections.abc import Mapping
from html import escape
from string import Template
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from yellowcart.listings.words import SURFACE_NAMES

_PAGE: Final = Template("""<!doctype html>
<html lang="$lang"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>$title · Yellowcart</title>
<style>
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem;
  box-sizing: border-box; font: 1rem/1.6 system-ui, "PingFang SC", "Noto Sans SC", sans-serif;
  background: light-dark(#f7f5f0, #17150f); color: light-dark(#1d1b16, #f2efe6); }
main { max-width: 34rem; padding: 2rem; border-radius: 1rem;
  background: light-dark(#fff, #211e16); border-top: .35rem solid #f5b301;
  box-shadow: 0 1px 3px #0002; }
h1 { margin: 0 0 .75rem; font-size: 1.35rem; line-height: 1.3; }
h2 { margin: 1.25rem 0 .25rem; font-size: .95rem; }
p, ul { margin: 0; } ul { padding-left: 1.2rem; }
footer { margin-top: 1.5rem; font-size: .85rem; opacity: .7; overflow-wrap: anywhere; }
a { color: inherit; }
</style></head><body><main><h1>$title</h1><p>$detail</p>$rest
<footer>$rule<p><a href="/">$home</a></p></footer></main></body></html>
""")


def refusal_page(problem: Mapping[str, Any], language: str) -> str:
    """A problem as a small page that stands alone, in the reader's language."""
    verdict: Mapping[str, Any] | None = problem.get("verdict")
    with translation.override(language):
        title = _("This link is closed here") if verdict else _("This link leads nowhere")
        return _PAGE.substitute(
            lang="zh-Hans" if language.startswith("zh") else "en",
            title=escape(str(title)),
            detail=escape(str(verdict["reason"] if verdict else problem["detail"])),
            rest=_rest(verdict) if verdict else "",
            rule=_rule(verdict) if verdict else "",
            home=escape(str(_("Back to Yellowcart"))),
        )


def _rest(verdict: Mapping[str, Any]) -> str:
    parts = []
    if verdict.get("remedy"):
        parts.append(f"<h2>{escape(str(_('What you can do')))}</h2><p>")
        parts.append(f"{escape(verdict['remedy'])}</p>")
    places = [SURFACE_NAMES[name] for name in verdict["open_surfaces"] if name in SURFACE_NAMES]
    if places:
        parts.append(f"<h2>{escape(str(_('Still open on')))}</h2><ul>")
        parts += [f"<li>{escape(str(place))}</li>" for place in places]
        parts.append("</ul>")
    return "".join(parts)


def _rule(verdict: Mapping[str, Any]) -> str:
    if not verdict.get("rule"):
        return ""
    text = _("Rule %(rule)s, revision %(revision)s, since %(since)s") % {
        "rule": verdict["rule"],
        "revision": verdict["revision"],
        "since": verdict["since"] or "–",
    }
    return f"<p>{escape(text)}</p>"
