/* libwebsockets: its validity pings (PING_S, PONG_S), its timers, and its pongs of at most ten bytes. */
#include <libwebsockets.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

struct session { char last[4096 + LWS_PRE]; size_t size; int count; long bytes; int ending; };
static double number(const char *name) { const char *value = getenv(name); return value ? atof(value) : 0; }
static const char *text(const char *name) { const char *value = getenv(name); return value ? value : ""; }
static int end(struct lws *wsi) {
  int code = number("PLAN_CODE") ? (int)number("PLAN_CODE") : 1000;
  if (code != 1006) lws_close_reason(wsi, code, (unsigned char *)text("PLAN_REASON"), strlen(text("PLAN_REASON")));
  return -1;
}
static int callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size) {
  struct session *one = user;
  switch (reason) {
  case LWS_CALLBACK_ESTABLISHED:
    if (number("PLAN_AGE_S")) lws_set_timer_usecs(wsi, (lws_usec_t)(number("PLAN_AGE_S") * 1e6));
    if (number("PLAN_IDLE_S")) lws_set_timer_usecs(wsi, (lws_usec_t)(number("PLAN_IDLE_S") * 1e6));
    break;
  case LWS_CALLBACK_TIMER: return end(wsi);
  case LWS_CALLBACK_RECEIVE:
    if (number("PLAN_IDLE_S")) lws_set_timer_usecs(wsi, (lws_usec_t)(number("PLAN_IDLE_S") * 1e6));
    one->count += 1;
    one->bytes += (long)size;
    one->size = size > 4096 ? 4096 : size;
    memcpy(one->last + LWS_PRE, in, one->size);
    one->last[LWS_PRE + (one->size < 4096 ? one->size : 4095)] = 0;
    if (*text("PLAN_CRASH") && strstr(one->last + LWS_PRE, text("PLAN_CRASH"))) return -1;
    if ((number("PLAN_COUNT") && one->count >= number("PLAN_COUNT")) || (number("PLAN_BYTES") && one->bytes >= number("PLAN_BYTES"))) return end(wsi);
    lws_callback_on_writable(wsi);
    break;
  case LWS_CALLBACK_SERVER_WRITEABLE:
    lws_write(wsi, (unsigned char *)one->last + LWS_PRE, one->size, LWS_WRITE_TEXT);
    break;
  default: break;
  }
  return 0;
}
int main(int argc, char **argv) {
  struct lws_protocols protocols[] = {{"plan", callback, sizeof(struct session), 4096, 0, NULL, 0}, {NULL, NULL, 0, 0, 0, NULL, 0}};
  lws_retry_bo_t retry = {0};
  struct lws_context_creation_info info = {0};
  lws_set_log_level(0, NULL);
  info.port = argc > 1 ? atoi(argv[1]) : 0;
  info.iface = "127.0.0.1";
  info.protocols = protocols;
  if (number("PLAN_PING_S")) {
    retry.secs_since_valid_ping = (uint16_t)number("PLAN_PING_S");
    retry.secs_since_valid_hangup = (uint16_t)(number("PLAN_PING_S") + number("PLAN_PONG_S"));
    info.retry_and_idle_policy = &retry;
  }
  struct lws_context *context = lws_create_context(&info);
  while (context && lws_service(context, 0) >= 0) {}
  return 0;
}
