"""What a peer may cost us: a hostile publisher or viewer must only hurt itself."""

from typing import Final

#: Largest SDP, in bytes: a browser's offer has some 6,000.
LARGEST_SDP: Final = 40_000
#: Longest stream key or pass, in characters.
LONGEST_TOKEN: Final = 2_000
#: From the answer to the first encrypted packet, in seconds.
CONNECT_SECONDS: Final = 15.0
#: A WebRTC peer that says nothing for so long is gone.
SILENT_SECONDS: Final = 12.0
#: A publisher whose media stops for so long has lost its line.
LOST_SECONDS: Final = 2.5
#: WebRTC sessions a process carries.
MOST_VIEWERS: Final = 2_000
#: Sessions of one pass: a reload leaves one behind for a while; the oldest makes room.
MOST_OF_ONE_PASS: Final = 4
#: Sessions that were answered and have not connected yet.
MOST_HANDSHAKES: Final = 200
#: What a publisher may send, in bits a second, measured over some seconds; more ends it.
MOST_BITRATE: Final = 12_000_000
#: What a browser is asked to keep to, in bits a second.
WANTED_BITRATE: Final = 4_000_000
#: Where a browser's encoder is asked to begin, in kilobits a second.
START_KBPS: Final = 1_500
#: Packets kept of a track: for repeats, and for who comes late. 4,096 of video are some 4 MB.
VIDEO_RING: Final = 4_096
AUDIO_RING: Final = 256
#: A browser is asked for a key frame when the last one is so old, in seconds.
KEY_FRAME_SECONDS: Final = 2.0
#: Least time between two requests for a key frame, in seconds.
KEY_REQUEST_SECONDS: Final = 0.5
#: Repeats a viewer may ask for in a second.
MOST_REPEATS: Final = 400
#: Largest access unit (one picture), in bytes.
LARGEST_PICTURE: Final = 2_000_000
#: Payload of an RTP packet that we cut ourselves.
RTP_PAYLOAD: Final = 1_180
