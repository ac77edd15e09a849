"""RTMP in, as OBS and ffmpeg send it: handshake, chunks, AMF0, one stream of H.264 and AAC.

Written from Adobe's "RTMP specification 1.0", the "AMF 0" specification and "Video File Format
Specification 10.1" (FLV). Only what a publisher needs.
"""
