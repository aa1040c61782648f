/* A load generator for unary gRPC calls: closed loop, or open loop at a fixed rate.
 *
 * Why not h2load: it sends one body for ever, and counts a call that gRPC refuses as a success,
 * because the status of gRPC stands in the trailers. Here every call takes the next of many
 * recorded messages, and grpc-status decides.
 *
 * One thread, any number of connections. In the open loop a call's time starts when it was due,
 * so a server that stalls cannot hide it by slowing the generator down; a call that could not be
 * sent before its deadline counts as expired. As gRPC clients do, it honours the server's limit
 * of streams, replaces connections that are going away, and sends calls again that the server
 * says it has not looked at.
 *
 * With --throttle every connection is a client that throttles itself, by the rule of
 * allocation/client/throttle.py: what it does not send counts as an answer of its own kind.
 *
 * Usage: grpc_load --port N --path /pkg.Service/Method --requests FILE [options]; see usage().
 * FILE: messages one after the other, each with its length before it as 4 bytes, big endian.
 * Output: one JSON object on stdout.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <nghttp2/nghttp2.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define STATUSES 18 /* 0..16 as gRPC numbers them, 17: none came */
#define NO_STATUS 17
#define CANCELLED 1 /* what gRPC's core ends before the server looks at it */
#define RESOURCE_EXHAUSTED 8

/* As in allocation/client/throttle.py. */
#define CALM_NS 300000000u
#define CALM_CALLS 4

typedef struct {
  const uint8_t *data;
  uint32_t size;
} message;

typedef struct call {
  struct connection *connection;
  message body;       /* with gRPC's 5 bytes before it */
  uint32_t sent;
  uint64_t due_ns;    /* closed loop: when it was sent */
  int status;
  struct call *next;  /* while it waits */
  struct call *before, *after; /* of the open calls of a connection */
} call;

typedef struct connection {
  int fd;
  nghttp2_session *session;
  uint32_t open;      /* streams */
  uint32_t most;      /* streams the server allows */
  int going_away;
  int connecting;
  uint64_t retry_ns;  /* when to connect again */
  call *calls;        /* that are open */
  struct {
    double calls, taken_on;
    uint64_t counted_ns, refused_ns;
    int in_a_row;
  } throttle;
} connection;

static struct {
  const char *host, *path, *requests, *authority;
  const char *headers[16];
  int port, connections, streams, header_count;
  double rate, duration_s, warmup_s, deadline_s, throttle, least_calls, memory_s;
} options = {.host = "127.0.0.1", .connections = 4, .streams = 8, .duration_s = 5, .warmup_s = 1,
             .least_calls = 5, .memory_s = 1};

static message *bodies;
static uint32_t body_count, next_body;
static connection *connections;
static call *waiting, **waiting_end = &waiting;
static uint64_t waiting_count, most_waiting;
static uint64_t start_ns, measure_ns, end_ns, last_ns;
static int generating = 1;

/* Calls that were due while measuring. */
static uint64_t due, ended[STATUSES], expired, broken, resent, reconnects, outstanding;
static float *times_us[3]; /* [0] of status OK, [1] of all other answers, [2] of what is not sent */
static size_t times_count[3], times_room[3];

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void die(const char *what) {
  fprintf(stderr, "grpc_load: %s\n", what);
  exit(2);
}

static int is_measured(const call *c) { return c->due_ns >= measure_ns && c->due_ns < end_ns; }

static void record_time(int kind, uint64_t ns) {
  if (times_count[kind] == times_room[kind]) {
    times_room[kind] = times_room[kind] ? times_room[kind] * 2 : 1 << 16;
    times_us[kind] = realloc(times_us[kind], times_room[kind] * sizeof(float));
    if (!times_us[kind]) die("no memory");
  }
  times_us[kind][times_count[kind]++] = (float)ns / 1000.0f;
}

static call *new_call(uint64_t due_ns) {
  call *c = calloc(1, sizeof(call));
  if (!c) die("no memory");
  c->body = bodies[next_body];
  next_body = (next_body + 1) % body_count;
  c->due_ns = due_ns;
  c->status = NO_STATUS;
  outstanding++;
  if (is_measured(c)) due++;
  return c;
}

static void end_call(call *c) { outstanding--; free(c); }

static void link_call(connection *k, call *c) {
  c->connection = k;
  c->before = NULL;
  c->after = k->calls;
  if (k->calls) k->calls->before = c;
  k->calls = c;
  k->open++;
}

static void unlink_call(connection *k, call *c) {
  if (c->before) c->before->after = c->after;
  else k->calls = c->after;
  if (c->after) c->after->before = c->before;
  k->open--;
}

static void enqueue(call *c) {
  c->next = NULL;
  *waiting_end = c;
  waiting_end = &c->next;
  if (++waiting_count > most_waiting) most_waiting = waiting_count;
}

static call *dequeue(void) {
  call *c = waiting;
  if (c) {
    waiting = c->next;
    if (!waiting) waiting_end = &waiting;
    waiting_count--;
  }
  return c;
}

/* --- the throttle of a client ------------------------------------------------------------- */

static void forget(connection *k) {
  uint64_t now = now_ns();
  double share = exp(-(double)(now - k->throttle.counted_ns) / 1e9 / options.memory_s);
  k->throttle.calls *= share;
  k->throttle.taken_on *= share;
  k->throttle.counted_ns = now;
}

static int is_held_back(connection *k) {
  if (options.throttle <= 0) return 0;
  forget(k);
  double beyond =
      k->throttle.calls - options.throttle * k->throttle.taken_on - options.least_calls;
  if (beyond <= 0 || drand48() >= beyond / (k->throttle.calls + 1)) return 0;
  k->throttle.calls++;
  return 1;
}

static void note_answer(connection *k, int status) {
  if (options.throttle <= 0) return;
  forget(k);
  k->throttle.calls++;
  if (status == CANCELLED || status == RESOURCE_EXHAUSTED) {
    k->throttle.in_a_row = 0;
    k->throttle.refused_ns = k->throttle.counted_ns;
    return;
  }
  k->throttle.taken_on++;
  k->throttle.in_a_row++;
  if (k->throttle.in_a_row >= CALM_CALLS &&
      k->throttle.counted_ns - k->throttle.refused_ns >= CALM_NS)
    k->throttle.calls = k->throttle.taken_on = 0;
}

/* --- nghttp2 ------------------------------------------------------------------------------ */

static ssize_t read_body(nghttp2_session *s, int32_t id, uint8_t *buffer, size_t room,
                         uint32_t *flags, nghttp2_data_source *source, void *user) {
  (void)s, (void)id, (void)user;
  call *c = source->ptr;
  uint32_t left = c->body.size - c->sent;
  uint32_t size = left < room ? left : (uint32_t)room;
  memcpy(buffer, c->body.data + c->sent, size);
  c->sent += size;
  if (c->sent == c->body.size) *flags |= NGHTTP2_DATA_FLAG_EOF;
  return (ssize_t)size;
}

static nghttp2_nv header(const char *name, const char *value) {
  nghttp2_nv nv = {(uint8_t *)name, (uint8_t *)value, strlen(name), strlen(value),
                   NGHTTP2_NV_FLAG_NONE};
  return nv;
}

static int submit(connection *k, call *c) {
  char timeout[32];
  nghttp2_nv nv[32];
  int n = 0;
  nv[n++] = header(":method", "POST");
  nv[n++] = header(":scheme", "http");
  nv[n++] = header(":path", options.path);
  nv[n++] = header(":authority", options.authority);
  nv[n++] = header("te", "trailers");
  nv[n++] = header("content-type", "application/grpc");
  if (options.deadline_s > 0) {
    double left_s = options.deadline_s - (double)(now_ns() - c->due_ns) / 1e9;
    snprintf(timeout, sizeof timeout, "%.0fu", left_s > 0 ? left_s * 1e6 : 1.0);
    nv[n++] = header("grpc-timeout", timeout);
  }
  for (int i = 0; i < options.header_count; i++) {
    char *colon = strchr(options.headers[i], ':');
    static char names[16][256];
    snprintf(names[i], sizeof names[i], "%.*s", (int)(colon - options.headers[i]),
             options.headers[i]);
    nv[n++] = header(names[i], colon + 1);
  }
  nghttp2_data_provider provider = {.source.ptr = c, .read_callback = read_body};
  c->sent = 0;
  c->status = NO_STATUS;
  if (nghttp2_submit_request(k->session, NULL, nv, (size_t)n, &provider, c) < 0) return -1;
  link_call(k, c);
  return 0;
}

static int on_header(nghttp2_session *s, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_size, const uint8_t *value, size_t value_size, uint8_t flags,
                     void *user) {
  (void)flags, (void)user;
  if (name_size == 11 && memcmp(name, "grpc-status", 11) == 0) {
    call *c = nghttp2_session_get_stream_user_data(s, frame->hd.stream_id);
    if (c) {
      int status = 0;
      for (size_t i = 0; i < value_size; i++) status = status * 10 + (value[i] - '0');
      c->status = status >= 0 && status < NO_STATUS ? status : 2;
    }
  }
  return 0;
}

static int on_frame(nghttp2_session *s, const nghttp2_frame *frame, void *user) {
  connection *k = user;
  if (frame->hd.type == NGHTTP2_SETTINGS && !(frame->hd.flags & NGHTTP2_FLAG_ACK))
    k->most = nghttp2_session_get_remote_settings(s, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
  if (frame->hd.type == NGHTTP2_GOAWAY) k->going_away = 1;
  return 0;
}

static void finish(call *c) {
  uint64_t now = now_ns();
  if (is_measured(c)) {
    ended[c->status]++;
    record_time(c->status == 0 ? 0 : 1, now - c->due_ns);
    last_ns = now;
  }
  end_call(c);
}

static void hold_back(call *c) {
  if (is_measured(c)) record_time(2, now_ns() - c->due_ns);
  end_call(c);
}

static int on_close(nghttp2_session *s, int32_t id, uint32_t code, void *user) {
  connection *k = user;
  call *c = nghttp2_session_get_stream_user_data(s, id);
  if (!c) return 0;
  unlink_call(k, c);
  if (c->status == NO_STATUS && code == NGHTTP2_REFUSED_STREAM) {
    resent++; /* the server has not looked at it: any client sends it again */
    enqueue(c);
  } else if (c->status == NO_STATUS) {
    if (is_measured(c)) broken++;
    end_call(c);
  } else {
    note_answer(k, c->status);
    finish(c);
  }
  return 0;
}

/* --- connections ---------------------------------------------------------------------------- */

static void open_connection(connection *k) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port)};
  if (inet_pton(AF_INET, options.host, &address.sin_addr) != 1) die("--host is no IPv4 address");
  k->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (k->fd < 0) die("no socket");
  int yes = 1;
  setsockopt(k->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  k->going_away = 0;
  k->open = 0;
  k->most = 100;
  k->connecting = 1;
  if (connect(k->fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) {
    close(k->fd);
    k->fd = -1;
    k->retry_ns = now_ns() + 20000000;
    return;
  }
  nghttp2_session_callbacks *callbacks;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
  nghttp2_session_client_new(&k->session, callbacks, k);
  nghttp2_session_callbacks_del(callbacks);
  nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
                                       {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 20}};
  nghttp2_submit_settings(k->session, NGHTTP2_FLAG_NONE, settings, 2);
  nghttp2_session_set_local_window_size(k->session, NGHTTP2_FLAG_NONE, 0, 1 << 24);
}

static void close_connection(connection *k) {
  /* What is still open gets no answer; nghttp2 does not say so when a session is deleted. */
  while (k->calls) {
    call *c = k->calls;
    unlink_call(k, c);
    if (is_measured(c)) broken++;
    end_call(c);
  }
  if (k->session) nghttp2_session_del(k->session);
  if (k->fd >= 0) close(k->fd);
  k->session = NULL;
  k->fd = -1;
  k->retry_ns = now_ns() + 20000000;
  reconnects++;
}

static void flush(connection *k) {
  while (k->session && nghttp2_session_want_write(k->session)) {
    const uint8_t *data;
    ssize_t size = nghttp2_session_mem_send(k->session, &data);
    if (size <= 0) return;
    while (size > 0) {
      ssize_t sent = send(k->fd, data, (size_t)size, MSG_NOSIGNAL);
      if (sent < 0 && errno == EAGAIN) {
        struct pollfd p = {.fd = k->fd, .events = POLLOUT};
        poll(&p, 1, 100);
        continue;
      }
      if (sent < 0) {
        close_connection(k);
        return;
      }
      data += sent;
      size -= sent;
    }
  }
}

static void receive(connection *k) {
  static uint8_t buffer[1 << 16];
  for (;;) {
    ssize_t size = recv(k->fd, buffer, sizeof buffer, 0);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0 || nghttp2_session_mem_recv(k->session, buffer, (size_t)size) < 0) {
      close_connection(k);
      return;
    }
    if ((size_t)size < sizeof buffer) return;
  }
}

static int has_room(const connection *k) {
  uint32_t most = (uint32_t)options.streams < k->most ? (uint32_t)options.streams : k->most;
  return k->session && !k->connecting && !k->going_away && k->open < most;
}

/* --- the loop --------------------------------------------------------------------------------- */

static void generate(uint64_t now, uint64_t *due_count) {
  if (!generating) return;
  if (now >= end_ns) {
    generating = 0;
    return;
  }
  if (options.rate > 0) {
    uint64_t wanted = (uint64_t)((double)(now - start_ns) / 1e9 * options.rate);
    while (*due_count < wanted) {
      uint64_t at = start_ns + (uint64_t)((double)*due_count / options.rate * 1e9);
      enqueue(new_call(at));
      (*due_count)++;
    }
  }
}

static void drop_expired(uint64_t now) {
  if (options.deadline_s <= 0) return;
  uint64_t most = (uint64_t)(options.deadline_s * 1e9);
  while (waiting && now - waiting->due_ns > most) {
    call *c = dequeue();
    if (is_measured(c)) expired++;
    end_call(c);
  }
}

static void assign(void) {
  static int turn;
  int idle = 0;
  while (idle < options.connections) {
    connection *k = &connections[turn];
    turn = (turn + 1) % options.connections;
    if (!has_room(k)) {
      idle++;
      continue;
    }
    call *c = dequeue();
    if (!c && options.rate <= 0 && generating) c = new_call(now_ns());
    if (!c) return;
    idle = 0;
    if (options.rate > 0 && is_held_back(k)) hold_back(c);
    else if (submit(k, c) < 0) {
      k->going_away = 1;
      enqueue(c);
    }
  }
}

static int compare(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static void print_times(const char *name, int kind) {
  size_t n = times_count[kind];
  qsort(times_us[kind], n, sizeof(float), compare);
  printf("\"%s\": {\"count\": %zu", name, n);
  const double quantiles[] = {0.5, 0.9, 0.99, 0.999, 1.0};
  const char *names[] = {"p50_us", "p90_us", "p99_us", "p999_us", "max_us"};
  for (int i = 0; n && i < 5; i++) {
    size_t at = (size_t)(quantiles[i] * (double)n);
    printf(", \"%s\": %.1f", names[i], (double)times_us[kind][at < n ? at : n - 1]);
  }
  printf("}");
}

static void read_requests(void) {
  FILE *file = fopen(options.requests, "rb");
  if (!file) die("--requests cannot be read");
  uint8_t size_bytes[4];
  size_t room = 0;
  while (fread(size_bytes, 1, 4, file) == 4) {
    uint32_t size = (uint32_t)size_bytes[0] << 24 | (uint32_t)size_bytes[1] << 16 |
                    (uint32_t)size_bytes[2] << 8 | size_bytes[3];
    uint8_t *data = malloc(size + 5u);
    if (!data) die("no memory");
    data[0] = 0;
    memcpy(data + 1, size_bytes, 4);
    if (fread(data + 5, 1, size, file) != size) die("--requests ends within a message");
    if (body_count == room) {
      room = room ? room * 2 : 1024;
      bodies = realloc(bodies, room * sizeof(message));
      if (!bodies) die("no memory");
    }
    bodies[body_count++] = (message){data, size + 5u};
  }
  fclose(file);
  if (!body_count) die("--requests is empty");
}

static void usage(void) {
  die("--port N --path /p.S/M --requests FILE [--host A] [--connections N] [--streams N]\n"
      "  [--rate N (calls a second; 0: closed loop)] [--duration S] [--warmup S]\n"
      "  [--deadline S] [--header name:value]...\n"
      "  [--throttle MULTIPLE (open loop only)] [--least-calls N] [--memory S]");
}

static void parse(int argc, char **argv) {
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 >= argc) usage();
    const char *name = argv[i], *value = argv[i + 1];
    if (!strcmp(name, "--host")) options.host = value;
    else if (!strcmp(name, "--port")) options.port = atoi(value);
    else if (!strcmp(name, "--path")) options.path = value;
    else if (!strcmp(name, "--requests")) options.requests = value;
    else if (!strcmp(name, "--connections")) options.connections = atoi(value);
    else if (!strcmp(name, "--streams")) options.streams = atoi(value);
    else if (!strcmp(name, "--rate")) options.rate = atof(value);
    else if (!strcmp(name, "--duration")) options.duration_s = atof(value);
    else if (!strcmp(name, "--warmup")) options.warmup_s = atof(value);
    else if (!strcmp(name, "--deadline")) options.deadline_s = atof(value);
    else if (!strcmp(name, "--throttle")) options.throttle = atof(value);
    else if (!strcmp(name, "--least-calls")) options.least_calls = atof(value);
    else if (!strcmp(name, "--memory")) options.memory_s = atof(value);
    else if (!strcmp(name, "--header") && options.header_count < 16 && strchr(value, ':'))
      options.headers[options.header_count++] = value;
    else usage();
  }
  if (!options.port || !options.path || !options.requests) usage();
}

int main(int argc, char **argv) {
  parse(argc, argv);
  read_requests();
  char authority[64];
  snprintf(authority, sizeof authority, "%s:%d", options.host, options.port);
  options.authority = authority;
  connections = calloc((size_t)options.connections, sizeof(connection));
  struct pollfd *polls = calloc((size_t)options.connections, sizeof(struct pollfd));
  if (!connections || !polls) die("no memory");
  for (int i = 0; i < options.connections; i++) open_connection(&connections[i]);

  start_ns = now_ns();
  measure_ns = start_ns + (uint64_t)(options.warmup_s * 1e9);
  end_ns = measure_ns + (uint64_t)(options.duration_s * 1e9);
  uint64_t give_up_ns = end_ns + 10000000000u, due_count = 0;
  while (generating || (outstanding && now_ns() < give_up_ns)) {
    uint64_t now = now_ns();
    generate(now, &due_count);
    drop_expired(now);
    for (int i = 0; i < options.connections; i++) {
      connection *k = &connections[i];
      if (k->fd < 0 && now >= k->retry_ns) open_connection(k);
      if (k->going_away && k->open == 0 && k->fd >= 0) close_connection(k);
    }
    assign();
    int any = 0;
    for (int i = 0; i < options.connections; i++) {
      connection *k = &connections[i];
      if (!k->connecting) flush(k);
      polls[i] = (struct pollfd){.fd = k->fd, .events = k->connecting ? POLLOUT : POLLIN};
      any |= k->fd >= 0;
    }
    int wait_ms = options.rate > 0 ? 1 : 50;
    if (!any) usleep(1000);
    else if (poll(polls, (nfds_t)options.connections, wait_ms) < 0 && errno != EINTR) die("poll");
    for (int i = 0; i < options.connections; i++) {
      connection *k = &connections[i];
      if (k->fd < 0 || !polls[i].revents) continue;
      if (k->connecting) {
        int problem = 0;
        socklen_t size = sizeof problem;
        getsockopt(k->fd, SOL_SOCKET, SO_ERROR, &problem, &size);
        if (problem) close_connection(k);
        else k->connecting = 0;
      } else {
        receive(k);
      }
    }
  }
  uint64_t answered = 0;
  for (int i = 0; i < STATUSES; i++) answered += ended[i];
  double elapsed_s = last_ns > end_ns ? (double)(last_ns - measure_ns) / 1e9 : options.duration_s;
  printf("{\"due\": %llu, \"answered\": %llu, \"expired\": %llu, \"broken\": %llu, "
         "\"unanswered\": %llu, \"resent\": %llu, \"reconnects\": %llu, \"most_waiting\": %llu, "
         "\"elapsed_s\": %.3f, \"ok_per_s\": %.1f, \"by_status\": {",
         (unsigned long long)due, (unsigned long long)answered, (unsigned long long)expired,
         (unsigned long long)broken,
         (unsigned long long)(due - answered - expired - broken - times_count[2]), (unsigned long long)resent,
         (unsigned long long)reconnects, (unsigned long long)most_waiting, elapsed_s,
         (double)ended[0] / elapsed_s);
  int first = 1;
  for (int i = 0; i < STATUSES; i++)
    if (ended[i]) {
      printf("%s\"%d\": %llu", first ? "" : ", ", i, (unsigned long long)ended[i]);
      first = 0;
    }
  printf("}, ");
  print_times("ok", 0);
  printf(", ");
  print_times("refused", 1);
  printf(", ");
  print_times("not_sent", 2);
  printf("}\n");
  return 0;
}
