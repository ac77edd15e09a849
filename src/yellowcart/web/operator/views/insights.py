"""Where the money goes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yellowcart.insights.rules import Scope
from yellowcart.people.access import operator_page
from yellowcart.web.reading import reading


@operator_page
def insights(request: HttpRequest) -> HttpResponse:
    """GMV over time, by source and surface, before and after a cut."""
    return render(request, "operator/insights.html", reading.context(request, Scope()))
