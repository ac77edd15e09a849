"""The edge shows a practice room to the passes of those who run it, and to nobody else."""

import pytest
from tests.rooms import Server, make_room, pass_for


@pytest.mark.django_db(transaction=True)
def test_the_snapshot_is_shown_to_their_passes_only(server: Server) -> None:
    practice = make_room(practice=True)
    path = f"/api/v1/rooms/{practice.id}"
    other = make_room()
    for token in ("", pass_for(practice), pass_for(other, practice.creator, role="host"), "x.y.z"):
        headers = {"authorization": f"Bearer {token}"} if token else {}
        assert server.get(path, headers=headers).status_code == 404
    headers = {"authorization": f"Bearer {pass_for(practice, practice.creator, role='cohost')}"}
    answer = server.get(path, headers=headers)
    assert (answer.status_code, answer.json()["practice"]) == (200, True)
    assert server.get(f"/api/v1/rooms/{other.id}").status_code == 200
