// libavcodec, libavutil and libswscale; the macros that Swift cannot read as static inline functions.
#pragma once
#include <libavcodec/avcodec.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libswscale/swscale.h>

static inline int nc_av_is_again(int code) { return code == AVERROR(EAGAIN); }
static inline int64_t nc_av_no_pts(void) { return AV_NOPTS_VALUE; }
