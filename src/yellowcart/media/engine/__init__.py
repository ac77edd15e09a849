"""Our own video engine: packets are passed on as they come, nothing is decoded.

==================== ===========================================================================
``process``          the process: one event loop
``engine``           who publishes and who watches
``control``          what it asks of the platform, and tells it
``app``              its HTTP: WHIP, WHEP, HLS, recordings
``peers`` ``dtls``   WebRTC peers on one UDP port
``feed``             what a room shows, whoever publishes it
``publishing``       a publisher over WebRTC; ``rtmp`` one over RTMP
``viewing``          a viewer over WebRTC
==================== ===========================================================================
"""
