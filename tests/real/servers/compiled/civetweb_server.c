/* CivetWeb: threads for connections, its own timeout and pings (MAX_IDLE_S; PING_S), a handler that says stop by 0. */
#define _GNU_SOURCE
#include <civetweb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct session { struct mg_connection *connection; int count, gone; long bytes; double heard; };
static double number(const char *name) { const char *value = getenv(name); return value ? atof(value) : 0; }
static const char *text(const char *name) { const char *value = getenv(name); return value ? value : ""; }
static double now(void) { struct timespec at; clock_gettime(CLOCK_MONOTONIC, &at); return at.tv_sec + at.tv_nsec / 1e9; }
static void end(struct session *one) {
  int code = number("PLAN_CODE") ? (int)number("PLAN_CODE") : 1000;
  char body[128] = {(char)(code >> 8), (char)code};
  size_t size = 2 + strlen(text("PLAN_REASON"));
  one->gone = 1;
  strncpy(body + 2, text("PLAN_REASON"), sizeof body - 3);
  mg_websocket_write(one->connection, MG_WEBSOCKET_OPCODE_CONNECTION_CLOSE, body, code == 1005 ? 0 : size);
}
static void *timers(void *data) {
  struct session *one = data;
  double opened = now(), pushed = opened;
  while (!one->gone) {
    usleep(10000);
    mg_lock_connection(one->connection);
    if (one->gone) { mg_unlock_connection(one->connection); break; }
    if (number("PLAN_AGE_S") && now() - opened >= number("PLAN_AGE_S")) end(one);
    else if (number("PLAN_IDLE_S") && now() - one->heard >= number("PLAN_IDLE_S")) end(one);
    else if (number("PLAN_LOGIN_S") && !one->count && now() - opened >= number("PLAN_LOGIN_S")) end(one);
    else if (number("PLAN_PUSH_S") && now() - pushed >= number("PLAN_PUSH_S")) {
      pushed = now();
      mg_websocket_write(one->connection, MG_WEBSOCKET_OPCODE_TEXT, "{\"type\":\"news\"}", 15);
    }
    mg_unlock_connection(one->connection);
  }
  return NULL;
}
static int joins(const struct mg_connection *connection, void *data) { (void)connection; (void)data; return 0; }
static void ready(struct mg_connection *connection, void *data) {
  struct session *one = calloc(1, sizeof *one);
  pthread_t thread;
  (void)data;
  one->connection = connection;
  one->heard = now();
  mg_set_user_connection_data(connection, one);
  if (*text("PLAN_HELLO")) mg_websocket_write(connection, MG_WEBSOCKET_OPCODE_TEXT, text("PLAN_HELLO"), strlen(text("PLAN_HELLO")));
  pthread_create(&thread, NULL, timers, one);
  pthread_detach(thread);
}
static int said(struct mg_connection *connection, int bits, char *message, size_t size, void *data) {
  struct session *one = mg_get_user_connection_data(connection);
  int opcode = bits & 15;
  (void)data;
  if (opcode == MG_WEBSOCKET_OPCODE_CONNECTION_CLOSE) return 0;
  if (opcode == MG_WEBSOCKET_OPCODE_PING) mg_websocket_write(connection, MG_WEBSOCKET_OPCODE_PONG, message, size);
  if (opcode > 2) return 1;
  one->heard = now();
  one->count += 1;
  one->bytes += (long)size;
  if (*text("PLAN_CRASH") && memmem(message, size, text("PLAN_CRASH"), strlen(text("PLAN_CRASH")))) return 0;
  if ((number("PLAN_COUNT") && one->count >= number("PLAN_COUNT")) || (number("PLAN_BYTES") && one->bytes >= number("PLAN_BYTES"))) {
    end(one);
    return 0;
  }
  mg_websocket_write(connection, MG_WEBSOCKET_OPCODE_TEXT, message, size);
  return 1;
}
static void leaves(const struct mg_connection *connection, void *data) {
  struct session *one = mg_get_user_connection_data(connection);
  (void)data;
  if (one) one->gone = 1; /* its thread may still look: a few bytes for each connection are kept */
}
int main(int argc, char **argv) {
  char listen[64], wait[32];
  double idle = number("PLAN_MAX_IDLE_S") ? number("PLAN_MAX_IDLE_S") : number("PLAN_PING_S") ? number("PLAN_PING_S") : 3600;
  snprintf(listen, sizeof listen, "127.0.0.1:%s", argc > 1 ? argv[1] : "0");
  snprintf(wait, sizeof wait, "%d", (int)(1000 * idle));
  const char *options[] = {"listening_ports", listen, "num_threads", "20", "websocket_timeout_ms", wait,
                           "enable_websocket_ping_pong", number("PLAN_PING_S") ? "yes" : "no", NULL};
  signal(SIGPIPE, SIG_IGN);
  mg_init_library(0);
  struct mg_context *context = mg_start(NULL, NULL, options);
  if (!context) return 1;
  mg_set_websocket_handler(context, "/ws", joins, ready, said, leaves, NULL);
  for (;;) pause();
}
