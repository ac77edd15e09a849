"""Our own video engine: packets are passed on as they come, nothing is decoded.

==================== ===========================================================================
``process``          the process: one event loop
``engine``           who publishes and who watches; ``sessions`` one broadcast of them
``control``          what it asks of the platform, and tells it
``app``              its HTTP: WHIP, WHEP, HLS, replays
``peers`` ``dtls``   WebRTC peers on one UDP port; ``sdp`` what is agreed with them
``feed``             what a room shows, whoever publishes it
``publishing``       a publisher over WebRTC; ``rtmp`` one over RTMP
``viewing``          a viewer over WebRTC
``assembly``         whole pictures and sounds out of packets; ``sound`` between AAC and Opus
``packager``         them into parts of fragmented MP4, for ``hls`` and ``recording``
``replays``          stretches of recordings, by signed addresses
``limits``           what a peer may cost
==================== ===========================================================================
"""
