/// Offers of the clients we meet, with the five m-lines of a page.
enum OfferFixtures {
    static func crlf(_ text: String) -> String { text.split(separator: "\n").joined(separator: "\r\n") + "\r\n" }

    /// Written by Chromium 156 (Debian) with a fake camera.
    static let chromium = crlf(
        """
        v=0
        o=- 6908008053851847188 2 IN IP4 127.0.0.1
        s=-
        t=0 0
        a=group:BUNDLE 0 1 2 3 4
        a=extmap-allow-mixed
        a=msid-semantic: WMS 95eecc6e-d21d-4630-84e3-b60754995fcb
        m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
        c=IN IP4 0.0.0.0
        a=rtcp:9 IN IP4 0.0.0.0
        a=ice-ufrag:YZmf
        a=ice-pwd:Y9gbIxelUdHPWLst52FvBhy6
        a=ice-options:trickle
        a=fingerprint:sha-256 7E:B3:29:7B:71:3D:A6:6A:84:5C:E8:5C:F7:DD:A8:39:EC:E5:BD:2D:B5:17:45:1A:B1:98:A1:63:EA:AB:75:EB
        a=setup:actpass
        a=mid:0
        a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
        a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
        a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
        a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
        a=sendrecv
        a=msid:95eecc6e-d21d-4630-84e3-b60754995fcb 6232c867-4a20-4787-80b3-075b9c021571
        a=rtcp-mux
        a=rtcp-rsize
        a=rtcp-xr:rcvr-rtt=all
        a=rtpmap:111 opus/48000/2
        a=rtcp-fb:111 transport-cc
        a=fmtp:111 minptime=10;useinbandfec=1
        a=rtpmap:63 red/48000/2
        a=fmtp:63 111/111
        a=rtpmap:9 G722/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:13 CN/8000
        a=rtpmap:110 telephone-event/48000
        a=rtpmap:126 telephone-event/8000
        a=ssrc:3649670238 cname:cN4lxFO5baPGhh+o
        a=ssrc:3649670238 msid:95eecc6e-d21d-4630-84e3-b60754995fcb 6232c867-4a20-4787-80b3-075b9c021571
        m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 104 107 108 109 114 115 116 117 39 40 45 46 98 99 100 101 118 119 120
        c=IN IP4 0.0.0.0
        a=rtcp:9 IN IP4 0.0.0.0
        a=ice-ufrag:YZmf
        a=ice-pwd:Y9gbIxelUdHPWLst52FvBhy6
        a=ice-options:trickle
        a=fingerprint:sha-256 7E:B3:29:7B:71:3D:A6:6A:84:5C:E8:5C:F7:DD:A8:39:EC:E5:BD:2D:B5:17:45:1A:B1:98:A1:63:EA:AB:75:EB
        a=setup:actpass
        a=mid:1
        a=extmap:14 urn:ietf:params:rtp-hdrext:toffset
        a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
        a=extmap:13 urn:3gpp:video-orientation
        a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
        a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
        a=extmap:6 http://www.webrtc.org/experiments/rtp-hdrext/video-content-type
        a=extmap:7 http://www.webrtc.org/experiments/rtp-hdrext/video-timing
        a=extmap:8 http://www.webrtc.org/experiments/rtp-hdrext/color-space
        a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
        a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id
        a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id
        a=sendrecv
        a=msid:95eecc6e-d21d-4630-84e3-b60754995fcb 56be69cf-a721-434c-9422-906c61d8df92
        a=rtcp-mux
        a=rtcp-rsize
        a=rtcp-xr:rcvr-rtt=all
        a=rtpmap:96 VP8/90000
        a=rtcp-fb:96 goog-remb
        a=rtcp-fb:96 transport-cc
        a=rtcp-fb:96 ccm fir
        a=rtcp-fb:96 nack
        a=rtcp-fb:96 nack pli
        a=rtpmap:97 rtx/90000
        a=fmtp:97 apt=96
        a=rtpmap:102 H264/90000
        a=rtcp-fb:102 goog-remb
        a=rtcp-fb:102 transport-cc
        a=rtcp-fb:102 ccm fir
        a=rtcp-fb:102 nack
        a=rtcp-fb:102 nack pli
        a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
        a=rtpmap:103 rtx/90000
        a=fmtp:103 apt=102
        a=rtpmap:104 H264/90000
        a=rtcp-fb:104 goog-remb
        a=rtcp-fb:104 transport-cc
        a=rtcp-fb:104 ccm fir
        a=rtcp-fb:104 nack
        a=rtcp-fb:104 nack pli
        a=fmtp:104 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42001f
        a=rtpmap:107 rtx/90000
        a=fmtp:107 apt=104
        a=rtpmap:108 H264/90000
        a=rtcp-fb:108 goog-remb
        a=rtcp-fb:108 transport-cc
        a=rtcp-fb:108 ccm fir
        a=rtcp-fb:108 nack
        a=rtcp-fb:108 nack pli
        a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
        a=rtpmap:109 rtx/90000
        a=fmtp:109 apt=108
        a=rtpmap:114 H264/90000
        a=rtcp-fb:114 goog-remb
        a=rtcp-fb:114 transport-cc
        a=rtcp-fb:114 ccm fir
        a=rtcp-fb:114 nack
        a=rtcp-fb:114 nack pli
        a=fmtp:114 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f
        a=rtpmap:115 rtx/90000
        a=fmtp:115 apt=114
        a=rtpmap:116 H264/90000
        a=rtcp-fb:116 goog-remb
        a=rtcp-fb:116 transport-cc
        a=rtcp-fb:116 ccm fir
        a=rtcp-fb:116 nack
        a=rtcp-fb:116 nack pli
        a=fmtp:116 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=4d001f
        a=rtpmap:117 rtx/90000
        a=fmtp:117 apt=116
        a=rtpmap:39 H264/90000
        a=rtcp-fb:39 goog-remb
        a=rtcp-fb:39 transport-cc
        a=rtcp-fb:39 ccm fir
        a=rtcp-fb:39 nack
        a=rtcp-fb:39 nack pli
        a=fmtp:39 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=4d001f
        a=rtpmap:40 rtx/90000
        a=fmtp:40 apt=39
        a=rtpmap:45 AV1/90000
        a=rtcp-fb:45 goog-remb
        a=rtcp-fb:45 transport-cc
        a=rtcp-fb:45 ccm fir
        a=rtcp-fb:45 nack
        a=rtcp-fb:45 nack pli
        a=fmtp:45 level-idx=5;profile=0;tier=0
        a=rtpmap:46 rtx/90000
        a=fmtp:46 apt=45
        a=rtpmap:98 VP9/90000
        a=rtcp-fb:98 goog-remb
        a=rtcp-fb:98 transport-cc
        a=rtcp-fb:98 ccm fir
        a=rtcp-fb:98 nack
        a=rtcp-fb:98 nack pli
        a=fmtp:98 profile-id=0
        a=rtpmap:99 rtx/90000
        a=fmtp:99 apt=98
        a=rtpmap:100 VP9/90000
        a=rtcp-fb:100 goog-remb
        a=rtcp-fb:100 transport-cc
        a=rtcp-fb:100 ccm fir
        a=rtcp-fb:100 nack
        a=rtcp-fb:100 nack pli
        a=fmtp:100 profile-id=2
        a=rtpmap:101 rtx/90000
        a=fmtp:101 apt=100
        a=rtpmap:118 red/90000
        a=rtpmap:119 rtx/90000
        a=fmtp:119 apt=118
        a=rtpmap:120 ulpfec/90000
        a=ssrc-group:FID 901925478 819880801
        a=ssrc:901925478 cname:cN4lxFO5baPGhh+o
        a=ssrc:901925478 msid:95eecc6e-d21d-4630-84e3-b60754995fcb 56be69cf-a721-434c-9422-906c61d8df92
        a=ssrc:819880801 cname:cN4lxFO5baPGhh+o
        a=ssrc:819880801 msid:95eecc6e-d21d-4630-84e3-b60754995fcb 56be69cf-a721-434c-9422-906c61d8df92
        m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
        c=IN IP4 0.0.0.0
        a=rtcp:9 IN IP4 0.0.0.0
        a=ice-ufrag:YZmf
        a=ice-pwd:Y9gbIxelUdHPWLst52FvBhy6
        a=ice-options:trickle
        a=fingerprint:sha-256 7E:B3:29:7B:71:3D:A6:6A:84:5C:E8:5C:F7:DD:A8:39:EC:E5:BD:2D:B5:17:45:1A:B1:98:A1:63:EA:AB:75:EB
        a=setup:actpass
        a=mid:2
        a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
        a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
        a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
        a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
        a=recvonly
        a=rtcp-mux
        a=rtcp-rsize
        a=rtcp-xr:rcvr-rtt=all
        a=rtpmap:111 opus/48000/2
        a=rtcp-fb:111 transport-cc
        a=fmtp:111 minptime=10;useinbandfec=1
        a=rtpmap:63 red/48000/2
        a=fmtp:63 111/111
        a=rtpmap:9 G722/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:13 CN/8000
        a=rtpmap:110 telephone-event/48000
        a=rtpmap:126 telephone-event/8000
        m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
        c=IN IP4 0.0.0.0
        a=rtcp:9 IN IP4 0.0.0.0
        a=ice-ufrag:YZmf
        a=ice-pwd:Y9gbIxelUdHPWLst52FvBhy6
        a=ice-options:trickle
        a=fingerprint:sha-256 7E:B3:29:7B:71:3D:A6:6A:84:5C:E8:5C:F7:DD:A8:39:EC:E5:BD:2D:B5:17:45:1A:B1:98:A1:63:EA:AB:75:EB
        a=setup:actpass
        a=mid:3
        a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
        a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
        a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
        a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
        a=recvonly
        a=rtcp-mux
        a=rtcp-rsize
        a=rtcp-xr:rcvr-rtt=all
        a=rtpmap:111 opus/48000/2
        a=rtcp-fb:111 transport-cc
        a=fmtp:111 minptime=10;useinbandfec=1
        a=rtpmap:63 red/48000/2
        a=fmtp:63 111/111
        a=rtpmap:9 G722/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:13 CN/8000
        a=rtpmap:110 telephone-event/48000
        a=rtpmap:126 telephone-event/8000
        m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99 100 101 35 36 37 38 102 103 104 107 108 109 114 115 116 117 39 40 41 42 43 44 45 46 47 48 118 119 120 49
        c=IN IP4 0.0.0.0
        a=rtcp:9 IN IP4 0.0.0.0
        a=ice-ufrag:YZmf
        a=ice-pwd:Y9gbIxelUdHPWLst52FvBhy6
        a=ice-options:trickle
        a=fingerprint:sha-256 7E:B3:29:7B:71:3D:A6:6A:84:5C:E8:5C:F7:DD:A8:39:EC:E5:BD:2D:B5:17:45:1A:B1:98:A1:63:EA:AB:75:EB
        a=setup:actpass
        a=mid:4
        a=extmap:14 urn:ietf:params:rtp-hdrext:toffset
        a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
        a=extmap:13 urn:3gpp:video-orientation
        a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
        a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
        a=extmap:6 http://www.webrtc.org/experiments/rtp-hdrext/video-content-type
        a=extmap:7 http://www.webrtc.org/experiments/rtp-hdrext/video-timing
        a=extmap:8 http://www.webrtc.org/experiments/rtp-hdrext/color-space
        a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
        a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id
        a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id
        a=recvonly
        a=rtcp-mux
        a=rtcp-rsize
        a=rtcp-xr:rcvr-rtt=all
        a=rtpmap:96 VP8/90000
        a=rtcp-fb:96 goog-remb
        a=rtcp-fb:96 transport-cc
        a=rtcp-fb:96 ccm fir
        a=rtcp-fb:96 nack
        a=rtcp-fb:96 nack pli
        a=rtpmap:97 rtx/90000
        a=fmtp:97 apt=96
        a=rtpmap:98 VP9/90000
        a=rtcp-fb:98 goog-remb
        a=rtcp-fb:98 transport-cc
        a=rtcp-fb:98 ccm fir
        a=rtcp-fb:98 nack
        a=rtcp-fb:98 nack pli
        a=fmtp:98 profile-id=0
        a=rtpmap:99 rtx/90000
        a=fmtp:99 apt=98
        a=rtpmap:100 VP9/90000
        a=rtcp-fb:100 goog-remb
        a=rtcp-fb:100 transport-cc
        a=rtcp-fb:100 ccm fir
        a=rtcp-fb:100 nack
        a=rtcp-fb:100 nack pli
        a=fmtp:100 profile-id=2
        a=rtpmap:101 rtx/90000
        a=fmtp:101 apt=100
        a=rtpmap:35 VP9/90000
        a=rtcp-fb:35 goog-remb
        a=rtcp-fb:35 transport-cc
        a=rtcp-fb:35 ccm fir
        a=rtcp-fb:35 nack
        a=rtcp-fb:35 nack pli
        a=fmtp:35 profile-id=1
        a=rtpmap:36 rtx/90000
        a=fmtp:36 apt=35
        a=rtpmap:37 VP9/90000
        a=rtcp-fb:37 goog-remb
        a=rtcp-fb:37 transport-cc
        a=rtcp-fb:37 ccm fir
        a=rtcp-fb:37 nack
        a=rtcp-fb:37 nack pli
        a=fmtp:37 profile-id=3
        a=rtpmap:38 rtx/90000
        a=fmtp:38 apt=37
        a=rtpmap:102 H264/90000
        a=rtcp-fb:102 goog-remb
        a=rtcp-fb:102 transport-cc
        a=rtcp-fb:102 ccm fir
        a=rtcp-fb:102 nack
        a=rtcp-fb:102 nack pli
        a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
        a=rtpmap:103 rtx/90000
        a=fmtp:103 apt=102
        a=rtpmap:104 H264/90000
        a=rtcp-fb:104 goog-remb
        a=rtcp-fb:104 transport-cc
        a=rtcp-fb:104 ccm fir
        a=rtcp-fb:104 nack
        a=rtcp-fb:104 nack pli
        a=fmtp:104 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42001f
        a=rtpmap:107 rtx/90000
        a=fmtp:107 apt=104
        a=rtpmap:108 H264/90000
        a=rtcp-fb:108 goog-remb
        a=rtcp-fb:108 transport-cc
        a=rtcp-fb:108 ccm fir
        a=rtcp-fb:108 nack
        a=rtcp-fb:108 nack pli
        a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
        a=rtpmap:109 rtx/90000
        a=fmtp:109 apt=108
        a=rtpmap:114 H264/90000
        a=rtcp-fb:114 goog-remb
        a=rtcp-fb:114 transport-cc
        a=rtcp-fb:114 ccm fir
        a=rtcp-fb:114 nack
        a=rtcp-fb:114 nack pli
        a=fmtp:114 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f
        a=rtpmap:115 rtx/90000
        a=fmtp:115 apt=114
        a=rtpmap:116 H264/90000
        a=rtcp-fb:116 goog-remb
        a=rtcp-fb:116 transport-cc
        a=rtcp-fb:116 ccm fir
        a=rtcp-fb:116 nack
        a=rtcp-fb:116 nack pli
        a=fmtp:116 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=4d001f
        a=rtpmap:117 rtx/90000
        a=fmtp:117 apt=116
        a=rtpmap:39 H264/90000
        a=rtcp-fb:39 goog-remb
        a=rtcp-fb:39 transport-cc
        a=rtcp-fb:39 ccm fir
        a=rtcp-fb:39 nack
        a=rtcp-fb:39 nack pli
        a=fmtp:39 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=4d001f
        a=rtpmap:40 rtx/90000
        a=fmtp:40 apt=39
        a=rtpmap:41 H264/90000
        a=rtcp-fb:41 goog-remb
        a=rtcp-fb:41 transport-cc
        a=rtcp-fb:41 ccm fir
        a=rtcp-fb:41 nack
        a=rtcp-fb:41 nack pli
        a=fmtp:41 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=f4001f
        a=rtpmap:42 rtx/90000
        a=fmtp:42 apt=41
        a=rtpmap:43 H264/90000
        a=rtcp-fb:43 goog-remb
        a=rtcp-fb:43 transport-cc
        a=rtcp-fb:43 ccm fir
        a=rtcp-fb:43 nack
        a=rtcp-fb:43 nack pli
        a=fmtp:43 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=f4001f
        a=rtpmap:44 rtx/90000
        a=fmtp:44 apt=43
        a=rtpmap:45 AV1/90000
        a=rtcp-fb:45 goog-remb
        a=rtcp-fb:45 transport-cc
        a=rtcp-fb:45 ccm fir
        a=rtcp-fb:45 nack
        a=rtcp-fb:45 nack pli
        a=fmtp:45 level-idx=5;profile=0;tier=0
        a=rtpmap:46 rtx/90000
        a=fmtp:46 apt=45
        a=rtpmap:47 AV1/90000
        a=rtcp-fb:47 goog-remb
        a=rtcp-fb:47 transport-cc
        a=rtcp-fb:47 ccm fir
        a=rtcp-fb:47 nack
        a=rtcp-fb:47 nack pli
        a=fmtp:47 level-idx=5;profile=1;tier=0
        a=rtpmap:48 rtx/90000
        a=fmtp:48 apt=47
        a=rtpmap:118 red/90000
        a=rtpmap:119 rtx/90000
        a=fmtp:119 apt=118
        a=rtpmap:120 ulpfec/90000
        a=rtpmap:49 flexfec-03/90000
        a=rtcp-fb:49 goog-remb
        a=rtcp-fb:49 transport-cc
        a=fmtp:49 repair-window=10000000
        """)

    /// Written by aiortc 1.16 (its addresses replaced).
    static let aiortc = crlf(
        """
        v=0
        o=- 4004215152 4004215152 IN IP4 0.0.0.0
        s=-
        t=0 0
        a=group:BUNDLE 0 1 2 3 4
        a=msid-semantic:WMS *
        m=audio 50344 UDP/TLS/RTP/SAVPF 96 9 0 8
        c=IN IP4 192.0.2.7
        a=sendrecv
        a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
        a=extmap:2 urn:ietf:params:rtp-hdrext:ssrc-audio-level
        a=mid:0
        a=msid:957a24fa-be19-45c3-b030-3f04cfcb0ca8 aa50aa22-4ada-418d-bfcc-a0159cf4d7aa
        a=rtcp:9 IN IP4 0.0.0.0
        a=rtcp-mux
        a=ssrc:453342347 cname:d6f4db08-37d0-42fa-9d0f-dabbc89a2cd6
        a=rtpmap:96 opus/48000/2
        a=rtpmap:9 G722/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=candidate:f957a2332b1715da3b0ef8ba684454eb 1 udp 2130706431 192.0.2.7 50344 typ host
        a=candidate:d0bcf3d9c29a2bc887618212a1623bfa 1 udp 2130706431 2001:db8::7 36123 typ host
        a=end-of-candidates
        a=ice-ufrag:vXWK
        a=ice-pwd:WLjYvNRucr9XDVZntKvEKQ
        a=fingerprint:sha-256 AE:A1:2F:AC:E9:6B:99:D1:60:B4:CF:12:72:90:26:61:59:CF:0C:63:A5:C5:22:79:E4:CD:64:6B:C2:72:DE:9F
        a=fingerprint:sha-384 12:02:F5:2D:4A:2D:3A:C9:F6:FB:DB:CD:1D:0C:3C:C8:04:F3:B5:49:9C:87:55:43:E4:1A:DB:0E:6F:4C:F2:05:3C:6B:71:FE:33:3C:04:FC:72:A8:E8:50:81:FB:16:B8
        a=fingerprint:sha-512 A2:AE:43:91:1D:55:EC:C1:3C:AD:2C:6B:DA:89:3F:60:3E:97:52:6E:1A:D8:F2:13:0A:2F:F3:93:7F:55:60:8B:8E:1E:56:BC:05:F9:8B:91:4A:2F:96:C3:26:A0:75:2D:57:33:81:2C:5B:CA:52:11:F6:37:EC:19:AF:66:02:F7
        a=setup:actpass
        m=video 42625 UDP/TLS/RTP/SAVPF 97 98 99 100 101 102
        c=IN IP4 192.0.2.7
        a=sendrecv
        a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
        a=extmap:3 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
        a=mid:1
        a=msid:957a24fa-be19-45c3-b030-3f04cfcb0ca8 cf7e8c8f-5386-4254-88a5-663b39c1f0a8
        a=rtcp:9 IN IP4 0.0.0.0
        a=rtcp-mux
        a=ssrc-group:FID 338222701 2985588688
        a=ssrc:338222701 cname:d6f4db08-37d0-42fa-9d0f-dabbc89a2cd6
        a=ssrc:2985588688 cname:d6f4db08-37d0-42fa-9d0f-dabbc89a2cd6
        a=rtpmap:97 VP8/90000
        a=rtcp-fb:97 nack
        a=rtcp-fb:97 nack pli
        a=rtcp-fb:97 goog-remb
        a=rtpmap:98 rtx/90000
        a=fmtp:98 apt=97
        a=rtpmap:99 H264/90000
        a=rtcp-fb:99 nack
        a=rtcp-fb:99 nack pli
        a=rtcp-fb:99 goog-remb
        a=fmtp:99 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
        a=rtpmap:100 rtx/90000
        a=fmtp:100 apt=99
        a=rtpmap:101 H264/90000
        a=rtcp-fb:101 nack
        a=rtcp-fb:101 nack pli
        a=rtcp-fb:101 goog-remb
        a=fmtp:101 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
        a=rtpmap:102 rtx/90000
        a=fmtp:102 apt=101
        a=candidate:f957a2332b1715da3b0ef8ba684454eb 1 udp 2130706431 192.0.2.7 42625 typ host
        a=candidate:d0bcf3d9c29a2bc887618212a1623bfa 1 udp 2130706431 2001:db8::7 43320 typ host
        a=end-of-candidates
        a=ice-ufrag:vXWK
        a=ice-pwd:WLjYvNRucr9XDVZntKvEKQ
        a=fingerprint:sha-256 AE:A1:2F:AC:E9:6B:99:D1:60:B4:CF:12:72:90:26:61:59:CF:0C:63:A5:C5:22:79:E4:CD:64:6B:C2:72:DE:9F
        a=fingerprint:sha-384 12:02:F5:2D:4A:2D:3A:C9:F6:FB:DB:CD:1D:0C:3C:C8:04:F3:B5:49:9C:87:55:43:E4:1A:DB:0E:6F:4C:F2:05:3C:6B:71:FE:33:3C:04:FC:72:A8:E8:50:81:FB:16:B8
        a=fingerprint:sha-512 A2:AE:43:91:1D:55:EC:C1:3C:AD:2C:6B:DA:89:3F:60:3E:97:52:6E:1A:D8:F2:13:0A:2F:F3:93:7F:55:60:8B:8E:1E:56:BC:05:F9:8B:91:4A:2F:96:C3:26:A0:75:2D:57:33:81:2C:5B:CA:52:11:F6:37:EC:19:AF:66:02:F7
        a=setup:actpass
        m=audio 50344 UDP/TLS/RTP/SAVPF 96 9 0 8
        c=IN IP4 192.0.2.7
        a=recvonly
        a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
        a=extmap:2 urn:ietf:params:rtp-hdrext:ssrc-audio-level
        a=mid:2
        a=msid:957a24fa-be19-45c3-b030-3f04cfcb0ca8 6d029d46-112d-44a3-97d0-d2d33ec2d574
        a=rtcp:9 IN IP4 0.0.0.0
        a=rtcp-mux
        a=ssrc:1865520358 cname:d6f4db08-37d0-42fa-9d0f-dabbc89a2cd6
        a=rtpmap:96 opus/48000/2
        a=rtpmap:9 G722/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=candidate:f957a2332b1715da3b0ef8ba684454eb 1 udp 2130706431 192.0.2.7 50344 typ host
        a=candidate:d0bcf3d9c29a2bc887618212a1623bfa 1 udp 2130706431 2001:db8::7 36123 typ host
        a=end-of-candidates
        a=ice-ufrag:vXWK
        a=ice-pwd:WLjYvNRucr9XDVZntKvEKQ
        a=fingerprint:sha-256 AE:A1:2F:AC:E9:6B:99:D1:60:B4:CF:12:72:90:26:61:59:CF:0C:63:A5:C5:22:79:E4:CD:64:6B:C2:72:DE:9F
        a=fingerprint:sha-384 12:02:F5:2D:4A:2D:3A:C9:F6:FB:DB:CD:1D:0C:3C:C8:04:F3:B5:49:9C:87:55:43:E4:1A:DB:0E:6F:4C:F2:05:3C:6B:71:FE:33:3C:04:FC:72:A8:E8:50:81:FB:16:B8
        a=fingerprint:sha-512 A2:AE:43:91:1D:55:EC:C1:3C:AD:2C:6B:DA:89:3F:60:3E:97:52:6E:1A:D8:F2:13:0A:2F:F3:93:7F:55:60:8B:8E:1E:56:BC:05:F9:8B:91:4A:2F:96:C3:26:A0:75:2D:57:33:81:2C:5B:CA:52:11:F6:37:EC:19:AF:66:02:F7
        a=setup:actpass
        m=audio 50344 UDP/TLS/RTP/SAVPF 96 9 0 8
        c=IN IP4 192.0.2.7
        a=recvonly
        a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
        a=extmap:2 urn:ietf:params:rtp-hdrext:ssrc-audio-level
        a=mid:3
        a=msid:957a24fa-be19-45c3-b030-3f04cfcb0ca8 cf3c7271-5da3-45d7-afe3-557f1c8263f0
        a=rtcp:9 IN IP4 0.0.0.0
        a=rtcp-mux
        a=ssrc:2738171761 cname:d6f4db08-37d0-42fa-9d0f-dabbc89a2cd6
        a=rtpmap:96 opus/48000/2
        a=rtpmap:9 G722/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=candidate:f957a2332b1715da3b0ef8ba684454eb 1 udp 2130706431 192.0.2.7 50344 typ host
        a=candidate:d0bcf3d9c29a2bc887618212a1623bfa 1 udp 2130706431 2001:db8::7 36123 typ host
        a=end-of-candidates
        a=ice-ufrag:vXWK
        a=ice-pwd:WLjYvNRucr9XDVZntKvEKQ
        a=fingerprint:sha-256 AE:A1:2F:AC:E9:6B:99:D1:60:B4:CF:12:72:90:26:61:59:CF:0C:63:A5:C5:22:79:E4:CD:64:6B:C2:72:DE:9F
        a=fingerprint:sha-384 12:02:F5:2D:4A:2D:3A:C9:F6:FB:DB:CD:1D:0C:3C:C8:04:F3:B5:49:9C:87:55:43:E4:1A:DB:0E:6F:4C:F2:05:3C:6B:71:FE:33:3C:04:FC:72:A8:E8:50:81:FB:16:B8
        a=fingerprint:sha-512 A2:AE:43:91:1D:55:EC:C1:3C:AD:2C:6B:DA:89:3F:60:3E:97:52:6E:1A:D8:F2:13:0A:2F:F3:93:7F:55:60:8B:8E:1E:56:BC:05:F9:8B:91:4A:2F:96:C3:26:A0:75:2D:57:33:81:2C:5B:CA:52:11:F6:37:EC:19:AF:66:02:F7
        a=setup:actpass
        m=video 42625 UDP/TLS/RTP/SAVPF 97 98 99 100 101 102
        c=IN IP4 192.0.2.7
        a=recvonly
        a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
        a=extmap:3 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
        a=mid:4
        a=msid:957a24fa-be19-45c3-b030-3f04cfcb0ca8 182ed7b5-e764-40b7-8a6d-dfaa97f46b27
        a=rtcp:9 IN IP4 0.0.0.0
        a=rtcp-mux
        a=ssrc-group:FID 2318374985 1173593361
        a=ssrc:2318374985 cname:d6f4db08-37d0-42fa-9d0f-dabbc89a2cd6
        a=ssrc:1173593361 cname:d6f4db08-37d0-42fa-9d0f-dabbc89a2cd6
        a=rtpmap:97 VP8/90000
        a=rtcp-fb:97 nack
        a=rtcp-fb:97 nack pli
        a=rtcp-fb:97 goog-remb
        a=rtpmap:98 rtx/90000
        a=fmtp:98 apt=97
        a=rtpmap:99 H264/90000
        a=rtcp-fb:99 nack
        a=rtcp-fb:99 nack pli
        a=rtcp-fb:99 goog-remb
        a=fmtp:99 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
        a=rtpmap:100 rtx/90000
        a=fmtp:100 apt=99
        a=rtpmap:101 H264/90000
        a=rtcp-fb:101 nack
        a=rtcp-fb:101 nack pli
        a=rtcp-fb:101 goog-remb
        a=fmtp:101 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
        a=rtpmap:102 rtx/90000
        a=fmtp:102 apt=101
        a=candidate:f957a2332b1715da3b0ef8ba684454eb 1 udp 2130706431 192.0.2.7 42625 typ host
        a=candidate:d0bcf3d9c29a2bc887618212a1623bfa 1 udp 2130706431 2001:db8::7 43320 typ host
        a=end-of-candidates
        a=ice-ufrag:vXWK
        a=ice-pwd:WLjYvNRucr9XDVZntKvEKQ
        a=fingerprint:sha-256 AE:A1:2F:AC:E9:6B:99:D1:60:B4:CF:12:72:90:26:61:59:CF:0C:63:A5:C5:22:79:E4:CD:64:6B:C2:72:DE:9F
        a=fingerprint:sha-384 12:02:F5:2D:4A:2D:3A:C9:F6:FB:DB:CD:1D:0C:3C:C8:04:F3:B5:49:9C:87:55:43:E4:1A:DB:0E:6F:4C:F2:05:3C:6B:71:FE:33:3C:04:FC:72:A8:E8:50:81:FB:16:B8
        a=fingerprint:sha-512 A2:AE:43:91:1D:55:EC:C1:3C:AD:2C:6B:DA:89:3F:60:3E:97:52:6E:1A:D8:F2:13:0A:2F:F3:93:7F:55:60:8B:8E:1E:56:BC:05:F9:8B:91:4A:2F:96:C3:26:A0:75:2D:57:33:81:2C:5B:CA:52:11:F6:37:EC:19:AF:66:02:F7
        a=setup:actpass
        """)

    /// In the manner of Firefox ESR without its H.264 plugin: one fingerprint for the session, bundle-only m-lines.
    static let firefox = crlf(
        """
        v=0
        o=mozilla...THIS_IS_SDPARTA-99.0 4611731400430051336 0 IN IP4 0.0.0.0
        s=-
        t=0 0
        a=sendrecv
        a=fingerprint:sha-256 4E:2A:0D:7B:91:3C:55:0F:A8:E1:22:6D:9F:40:BB:C7:13:58:EE:04:7A:D9:36:81:2C:F5:60:AD:17:93:4B:E8
        a=group:BUNDLE 0 1 2 3 4
        a=ice-options:trickle
        a=msid-semantic:WMS *
        m=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8 101
        c=IN IP4 0.0.0.0
        a=sendrecv
        a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
        a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level
        a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
        a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1
        a=fmtp:101 0-15
        a=ice-pwd:6f1bd3b0a3c8a7e6b8e6e1f2a4d5c6b7
        a=ice-ufrag:9d2c41ab
        a=mid:0
        a=msid:{0a3a4a3c-5b8d-4d4e-8a25-9b1a30a9d2b1} {c8f5cf86-2a2b-4a0f-9c31-7a8e7f9f1f62}
        a=rtcp-mux
        a=rtpmap:109 opus/48000/2
        a=rtpmap:9 G722/8000/1
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:101 telephone-event/8000
        a=setup:actpass
        a=ssrc:2154787219 cname:{5e8f5c2d-5b0e-4d3d-8a39-9d27b3f2f0aa}
        m=video 0 UDP/TLS/RTP/SAVPF 120 124 121 125 123 122 119
        c=IN IP4 0.0.0.0
        a=bundle-only
        a=sendrecv
        a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
        a=extmap:4 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
        a=extmap:5 urn:ietf:params:rtp-hdrext:toffset
        a=extmap:6/recvonly http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
        a=extmap:7 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
        a=fmtp:120 max-fs=12288;max-fr=60
        a=fmtp:124 apt=120
        a=fmtp:121 max-fs=12288;max-fr=60
        a=fmtp:125 apt=121
        a=fmtp:119 apt=122
        a=ice-pwd:6f1bd3b0a3c8a7e6b8e6e1f2a4d5c6b7
        a=ice-ufrag:9d2c41ab
        a=mid:1
        a=msid:{0a3a4a3c-5b8d-4d4e-8a25-9b1a30a9d2b1} {1f0b7a5e-62a4-4b45-9b23-7f6a8ad2e0cc}
        a=rtcp-fb:120 nack
        a=rtcp-fb:120 nack pli
        a=rtcp-fb:120 ccm fir
        a=rtcp-fb:120 goog-remb
        a=rtcp-fb:120 transport-cc
        a=rtcp-fb:121 nack
        a=rtcp-fb:121 nack pli
        a=rtcp-fb:121 ccm fir
        a=rtcp-fb:121 goog-remb
        a=rtcp-fb:121 transport-cc
        a=rtcp-mux
        a=rtcp-rsize
        a=rtpmap:120 VP8/90000
        a=rtpmap:124 rtx/90000
        a=rtpmap:121 VP9/90000
        a=rtpmap:125 rtx/90000
        a=rtpmap:123 ulpfec/90000
        a=rtpmap:122 red/90000
        a=rtpmap:119 rtx/90000
        a=setup:actpass
        a=ssrc:1201873401 cname:{5e8f5c2d-5b0e-4d3d-8a39-9d27b3f2f0aa}
        a=ssrc:3390113021 cname:{5e8f5c2d-5b0e-4d3d-8a39-9d27b3f2f0aa}
        a=ssrc-group:FID 1201873401 3390113021
        m=audio 0 UDP/TLS/RTP/SAVPF 109 9 0 8 101
        c=IN IP4 0.0.0.0
        a=bundle-only
        a=recvonly
        a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
        a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level
        a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
        a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1
        a=fmtp:101 0-15
        a=ice-pwd:6f1bd3b0a3c8a7e6b8e6e1f2a4d5c6b7
        a=ice-ufrag:9d2c41ab
        a=mid:2
        a=rtcp-mux
        a=rtpmap:109 opus/48000/2
        a=rtpmap:9 G722/8000/1
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:101 telephone-event/8000
        a=setup:actpass
        a=ssrc:90002 cname:{5e8f5c2d-5b0e-4d3d-8a39-9d27b3f2f0aa}
        m=audio 0 UDP/TLS/RTP/SAVPF 109 9 0 8 101
        c=IN IP4 0.0.0.0
        a=bundle-only
        a=recvonly
        a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
        a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level
        a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
        a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1
        a=fmtp:101 0-15
        a=ice-pwd:6f1bd3b0a3c8a7e6b8e6e1f2a4d5c6b7
        a=ice-ufrag:9d2c41ab
        a=mid:3
        a=rtcp-mux
        a=rtpmap:109 opus/48000/2
        a=rtpmap:9 G722/8000/1
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:101 telephone-event/8000
        a=setup:actpass
        a=ssrc:90003 cname:{5e8f5c2d-5b0e-4d3d-8a39-9d27b3f2f0aa}
        m=video 0 UDP/TLS/RTP/SAVPF 120 124
        c=IN IP4 0.0.0.0
        a=bundle-only
        a=recvonly
        a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
        a=extmap:4 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
        a=fmtp:120 max-fs=12288;max-fr=60
        a=fmtp:124 apt=120
        a=ice-pwd:6f1bd3b0a3c8a7e6b8e6e1f2a4d5c6b7
        a=ice-ufrag:9d2c41ab
        a=mid:4
        a=rtcp-fb:120 nack
        a=rtcp-fb:120 nack pli
        a=rtcp-fb:120 ccm fir
        a=rtcp-fb:120 goog-remb
        a=rtcp-fb:120 transport-cc
        a=rtcp-mux
        a=rtcp-rsize
        a=rtpmap:120 VP8/90000
        a=rtpmap:124 rtx/90000
        a=setup:actpass
        a=ssrc:90004 cname:{5e8f5c2d-5b0e-4d3d-8a39-9d27b3f2f0aa}
        """)
}
