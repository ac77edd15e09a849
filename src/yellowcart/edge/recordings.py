"""Recordings, with byte ranges, so that a player may jump to an explanation."""

import asyncio

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from yellowcart.edge.problems import language_for, problem_response
from yellowcart.media import files, problems


async def recording(request: Request) -> Response:
    """``GET /recordings/{token}.mp4``."""
    path = await asyncio.to_thread(files.opened, request.path_params["token"])
    if path is None:
        return problem_response(problems.recording_not_found(), language_for(request))
    return FileResponse(
        path, media_type="video/mp4", headers={"Cache-Control": "private, max-age=28800"}
    )
