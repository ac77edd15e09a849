"""The paste-anything box over HTTP."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, Router, Schema

from yellowcart.people.access import access_person
from yellowcart.people.tokens import scoped
from yellowcart.sources.recognition import Recognition
from yellowcart.sources.share import recognise

router = Router()


class PasteIn(Schema):
    """Whatever somebody pasted: a link, a share text, a code, an id."""

    text: str = Field(max_length=4_000)


class RecognitionOut(Schema):
    """Where it leads. ``confidence`` runs from 0 (nothing known) to 1; ``why`` says it in words."""

    source: str
    integration: str
    external_id: str
    url: str
    code: str
    title: str
    confidence: float
    why: str


def recognition_out(found: Recognition) -> RecognitionOut:
    """A recognition in the caller's language."""
    return RecognitionOut(
        source=found.source,
        integration=found.integration,
        external_id=found.external_id,
        url=found.url,
        code=found.code,
        title=found.title,
        confidence=found.confidence,
        why=str(found.why),
    )


def own_hosts(request: HttpRequest) -> set[str]:
    """The names under which this installation is reached."""
    named = {urlsplit(settings.BASE_URL).hostname or ""}
    return (named | {request.get_host().rpartition(":")[0] or request.get_host()}) - {""}


@router.post("/recognise", auth=scoped("products:read"), response=RecognitionOut)
def recognise_text(request: HttpRequest, paste: PasteIn) -> RecognitionOut:
    """Say what a pasted text is, without asking the network."""
    access_person(request.user)
    return recognition_out(recognise(paste.text, own_hosts(request)))
