/* Thousands of viewers in one thread: opens WebSockets, says things in some of them, and checks
   every sequence number that every one of them gets.

   room_load HOST PORT MODE PATHS < commands > answers

   MODE is "room" (our frames, {"seq": n, "events": [...]}, offering deflate as browsers do),
   "undeflated" (the same without that offer), "plain" (one event a frame) or "sio" (the same event
   inside a socket.io packet). PATHS is a file with a request path a line, one a
   viewer. Every command is a line, every answer a line of JSON:

     open N                   have N viewers connected and ready
     run SECONDS RATE SENDERS LIKES   say RATE messages a second from SENDERS viewers, LIKES frames a
                              second from all; answers once everybody has everything, or 8 s later
     back SECONDS             answers once all viewers are connected again and have all numbers
     end                      hang up

   A message carries the instant of its sending ("T" and nanoseconds since 1970), so that the time
   from send to receipt is measured by one clock. Viewers of a room get the same bytes: a frame is
   inflated and parsed once and recognised by comparing all of it afterwards: each message is deflated
   by itself (RFC 7692, "server_no_context_takeover"), so the same bytes are the same message. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifndef WITHOUT_ZLIB
#include <zlib.h>
#endif

#define AT_ONCE 256
#define LOOK_US 1000
#define BUFFER (4 << 20)
#define BUCKETS 200000 /* of 0.1 ms */
#define CACHED 4096
#define MOST_IN_FRAME 4096
#define DRAIN_NS 8000000000LL

enum { IDLE, CONNECTING, ASKED, JOINED, READY };
enum { OTHER, EVENTS, SNAPSHOT };

typedef struct {
  int fd, state, number, tries, packs;
  int64_t seq, due, lost_at;
  char *part;
  size_t part_len;
} Viewer;

typedef struct {
  char *bytes;
  size_t len, flat_len;
  int packed, kind, messages, pins, broken;
  int64_t first, last;
  int64_t *sent, *pinned;
} Parsed;

static Viewer *viewers;
static char **paths;
static int path_count, wanted, ready, opening, mode, offer, epoll;
static struct sockaddr_in server;
static char host[128];
static char buffer[BUFFER + 1], flat[BUFFER + 1];
static Parsed cache[CACHED], scratch;
static int64_t sent_at[MOST_IN_FRAME], pinned_at[MOST_IN_FRAME];
static uint32_t histogram[BUCKETS], pin_histogram[BUCKETS];
static int64_t deliveries, frames, bytes_in, bytes_saved, packed_frames, lost, again, broken, refused, closed, newest, pins;
static int64_t said, last_delivery, seq_said;
static int64_t back_slowest, back_count;
static int coming_back;

static int64_t wall(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void *must(void *p) {
  if (!p) { perror("memory"); exit(1); }
  return p;
}

/* ---- deflate, a message at a time (RFC 7692, section 7.2) ---- */

#ifndef WITHOUT_ZLIB
static size_t pack(const char *data, size_t len, char *into, size_t most) {
  static z_stream z;
  static int ready_made;
  if (!ready_made) { ready_made = 1; deflateInit2(&z, 1, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY); }
  deflateReset(&z);
  z.next_in = (Bytef *)data; z.avail_in = len; z.next_out = (Bytef *)into; z.avail_out = most;
  deflate(&z, Z_SYNC_FLUSH);
  return most - z.avail_out - 4; /* without 00 00 ff ff */
}

/* Into "flat"; how long it is, or -1 where it is no deflated message or a longer one than any. */
static ssize_t unpack(const char *data, size_t len) {
  static z_stream z;
  static int ready_made;
  if (!ready_made) { ready_made = 1; inflateInit2(&z, -15); }
  inflateReset(&z);
  z.next_out = (Bytef *)flat; z.avail_out = BUFFER;
  z.next_in = (Bytef *)data; z.avail_in = len;
  if (inflate(&z, Z_SYNC_FLUSH) != Z_OK || z.avail_in) return -1;
  z.next_in = (Bytef *)"\0\0\xff\xff"; z.avail_in = 4;
  if (inflate(&z, Z_SYNC_FLUSH) < 0 || !z.avail_out) return -1;
  return BUFFER - z.avail_out;
}
#else
static size_t pack(const char *data, size_t len, char *into, size_t most) { (void)data; (void)len; (void)into; return most; }
static ssize_t unpack(const char *data, size_t len) { (void)data; (void)len; return -1; }
#endif

/* ---- sending ---- */

static void send_frame(Viewer *v, int opcode, const char *data, size_t len) {
  unsigned char out[2048];
  char packed[1500];
  size_t head = 2;
  out[0] = 0x80 | opcode;
  if (v->packs && opcode == 1) { /* a browser that agreed to it deflates whatever it says */
    len = pack(data, len, packed, sizeof packed);
    data = packed;
    out[0] |= 0x40;
  }
  if (len < 126) out[1] = 0x80 | len;
  else { out[1] = 0x80 | 126; out[2] = len >> 8; out[3] = len; head = 4; }
  memset(out + head, 0, 4); /* a mask of zeros leaves the bytes as they are */
  memcpy(out + head + 4, data, len);
  if (send(v->fd, out, head + 4 + len, MSG_NOSIGNAL) < 0 && errno != EAGAIN) refused++;
}

static void say(Viewer *v) {
  char text[1024];
  int64_t now = wall();
  int len;
  if (mode == 0)
    len = snprintf(text, sizeof text, "{\"chat\":\"T%lld what a lovely thing, is it warm\"}", (long long)now);
  else
    len = snprintf(text, sizeof text,
      "%s{\"id\":\"019a0000-0000-7000-8000-%012lld\",\"account_id\":\"019a0000-0000-7000-8000-000000000001\","
      "\"name\":\"Viewer 1\",\"role\":\"viewer\",\"text\":\"T%lld what a lovely thing, is it warm\",\"seq\":%lld,"
      "\"type\":\"chat\",\"at\":\"2026-01-01T00:00:00.000000Z\"}%s",
      mode == 2 ? "42[\"m\"," : "", (long long)seq_said + 1, (long long)now, (long long)seq_said + 1, mode == 2 ? "]" : "");
  send_frame(v, 1, text, len);
  seq_said++;
  said++;
}

/* ---- connecting ---- */

static void watch_fd(Viewer *v, uint32_t events, int op) {
  struct epoll_event e = {.events = events, .data.ptr = v};
  epoll_ctl(epoll, op, v->fd, &e);
}

static void hang_up(Viewer *v, int64_t wait_ms) {
  if (v->state == READY) { ready--; closed++; v->lost_at = wall(); }
  else if (v->state != IDLE) { opening--; refused++; }
  if (v->fd >= 0) close(v->fd);
  v->fd = -1;
  v->packs = 0;
  v->state = IDLE;
  free(v->part);
  v->part = NULL;
  v->part_len = 0;
  if (wait_ms < 0) {
    int64_t most = 400LL << (v->tries < 5 ? v->tries : 5);
    wait_ms = most / 2 + rand() % most;
  }
  v->tries++;
  v->due = wall() + wait_ms * 1000000;
}

static void dial(Viewer *v) {
  int one = 1;
  struct sockaddr_in from = {.sin_family = AF_INET};
  v->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (v->fd < 0) { perror("socket"); exit(1); }
  opening++;
  v->state = CONNECTING;
  setsockopt(v->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(v->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  if ((ntohl(server.sin_addr.s_addr) >> 24) == 127) { /* ports are counted by address */
    from.sin_addr.s_addr = htonl(0x7f000002 + v->number % 16);
    bind(v->fd, (struct sockaddr *)&from, sizeof from);
  }
  watch_fd(v, EPOLLOUT | EPOLLIN, EPOLL_CTL_ADD);
  if (connect(v->fd, (struct sockaddr *)&server, sizeof server) < 0 && errno != EINPROGRESS) {
    hang_up(v, -1);
  }
}

static void ask(Viewer *v) {
  char text[4096];
  const char *path = paths[v->number];
  char since[64] = "";
  if (mode == 0 && v->seq >= 0) snprintf(since, sizeof since, "&since=%lld", (long long)v->seq);
  int len = snprintf(text, sizeof text,
    "GET %s%s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s\r\n",
    path, since, host,
    offer ? "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n" : "");
  if (send(v->fd, text, len, MSG_NOSIGNAL) != len) { hang_up(v, -1); return; }
  v->state = ASKED;
  watch_fd(v, EPOLLIN, EPOLL_CTL_MOD);
}

static void is_ready(Viewer *v) {
  if (v->state == READY) return;
  v->state = READY;
  v->tries = 0;
  opening--;
  ready++;
  if (coming_back && v->lost_at) {
    int64_t took = wall() - v->lost_at;
    if (took > back_slowest) back_slowest = took;
    back_count++;
  }
}

/* ---- what comes ---- */

static int64_t number_at(const char *p) { return strtoll(p, NULL, 10); }

static int64_t instant_at(const char *p) { /* 2026-11-26T03:00:00.123456Z */
  struct tm t = {0};
  const char *rest = strptime(p, "%Y-%m-%dT%H:%M:%S", &t);
  int64_t ns = 0, scale = 100000000;
  if (!rest) return 0;
  if (*rest == '.') for (rest++; *rest >= '0' && *rest <= '9'; rest++, scale /= 10) ns += (*rest - '0') * scale;
  return timegm(&t) * 1000000000LL + ns;
}

static void parse(Parsed *p, const char *data, size_t len) {
  const char *at = data, *end = data + len, *found;
  p->kind = OTHER;
  p->messages = p->pins = p->broken = 0;
  p->first = p->last = -1;
  p->sent = sent_at;
  p->pinned = pinned_at;
  if (mode == 0) {
    if (len > 12 && !memcmp(data, "{\"snapshot\":", 12)) {
      found = memmem(data, len, "\"seq\":", 6);
      p->kind = SNAPSHOT;
      p->last = found ? number_at(found + 6) : -1;
      return;
    }
    if (len < 7 || memcmp(data, "{\"seq\":", 7)) return;
    p->last = number_at(data + 7);
    at = memmem(data, len, "\"events\":[", 10);
    if (!at) return;
  } else if (mode == 2) {
    if (len < 7 || memcmp(data, "42[\"m\",", 7)) return;
  }
  p->kind = EVENTS;
  int64_t before = -1;
  while ((found = memmem(at, end - at, "\"seq\":", 6))) {
    int64_t seq = number_at(found + 6);
    const char *text = memmem(at, found - at, "\"text\":\"T", 9);
    const char *type = memmem(found, end - found > 60 ? 60 : end - found, "\"type\":\"listing.pinned\",\"at\":\"", 30);
    if (text && p->messages < MOST_IN_FRAME) sent_at[p->messages++] = number_at(text + 9);
    if (type && p->pins < MOST_IN_FRAME) pinned_at[p->pins++] = instant_at(type + 30);
    if (p->first < 0) p->first = seq;
    if (before >= 0 && seq != before + 1) p->broken = 1;
    before = seq;
    at = found + 6;
  }
  if (mode != 0) p->last = before;
  else if (before >= 0 && before != p->last) p->broken = 1;
}

static Parsed *parsed(const char *data, size_t len, int packed) {
  uint32_t h = 2166136261u ^ (uint32_t)len;
  size_t step = len > 256 ? len / 64 : 1;
  for (size_t i = 0; i < len; i += step) h = (h ^ (unsigned char)data[i]) * 16777619u;
  Parsed *slot = &cache[h % CACHED];
  if (slot->len == len && slot->packed == packed && slot->bytes && !memcmp(slot->bytes, data, len)) return slot;
  ssize_t flat_len = packed ? unpack(data, len) : (ssize_t)len;
  if (flat_len < 0) { broken++; scratch.kind = OTHER; scratch.flat_len = len; return &scratch; }
  if (packed) flat[flat_len] = 0;
  parse(&scratch, packed ? flat : data, flat_len);
  scratch.flat_len = flat_len;
  scratch.packed = packed;
  if (scratch.kind == OTHER) return &scratch;
  free(slot->bytes);
  free(slot->sent);
  free(slot->pinned);
  *slot = scratch;
  slot->bytes = must(malloc(len));
  memcpy(slot->bytes, data, len);
  slot->len = len;
  slot->sent = must(malloc(sizeof(int64_t) * (slot->messages + 1)));
  memcpy(slot->sent, sent_at, sizeof(int64_t) * slot->messages);
  slot->pinned = must(malloc(sizeof(int64_t) * (slot->pins + 1)));
  memcpy(slot->pinned, pinned_at, sizeof(int64_t) * slot->pins);
  return slot;
}

static void count(uint32_t *into, int64_t ns) {
  int64_t bucket = ns / 100000;
  into[bucket < 0 ? 0 : bucket >= BUCKETS ? BUCKETS - 1 : bucket]++;
}

static size_t head_of(size_t len) { return len < 126 ? 2 : len < 65536 ? 4 : 10; }

static void text(Viewer *v, const char *data, size_t len, int64_t now, int packed) {
  frames++;
  if (mode == 2) {
    if (len == 1 && *data == '2') { send_frame(v, 1, "3", 1); return; }
    if (*data == '0') { send_frame(v, 1, "40", 2); return; }
    if (len > 1 && data[0] == '4' && data[1] == '0') { is_ready(v); return; }
  }
  Parsed *p = parsed(data, len, packed);
  if (packed) {
    packed_frames++;
    bytes_saved += (int64_t)(head_of(p->flat_len) + p->flat_len) - (int64_t)(head_of(len) + len);
  }
  if (p->kind == SNAPSHOT) { v->seq = p->last; is_ready(v); return; }
  if (p->kind != EVENTS) return;
  if (mode == 0) is_ready(v);
  if (p->first >= 0) {
    if (v->seq >= 0 && p->first > v->seq + 1) lost += p->first - v->seq - 1;
    if (v->seq >= 0 && p->first <= v->seq) again++;
    broken += p->broken;
    deliveries += p->messages;
    if (p->messages) last_delivery = now;
    for (int i = 0; i < p->messages; i++) count(histogram, now - p->sent[i]);
    for (int i = 0; i < p->pins; i++) { count(pin_histogram, now - p->pinned[i]); pins++; }
  } else if (v->seq >= 0 && p->last > v->seq) lost += p->last - v->seq;
  if (p->last > v->seq) v->seq = p->last;
  if (v->seq > newest) newest = v->seq;
}

static int64_t come_back(const char *data, size_t len) {
  const char *found = memmem(data, len, "\"back_in_ms\":", 13);
  return found ? number_at(found + 13) : -1;
}

/* Frames of a server are not masked (RFC 6455, section 5.2). How much of the data was whole. */
static size_t take(Viewer *v, char *data, size_t len, int64_t now) {
  size_t at = 0;
  while (len - at >= 2) {
    unsigned char *h = (unsigned char *)data + at;
    size_t body = h[1] & 0x7f, start = 2;
    if (body >= 126) {
      int wide = body == 126 ? 2 : 8;
      if (len - at < start + wide) break;
      body = 0;
      for (int i = 0; i < wide; i++) body = body << 8 | h[2 + i];
      start += wide;
    }
    if (len - at < start + body) break;
    char *content = data + at + start, kept = content[body];
    content[body] = 0;
    int opcode = h[0] & 0x0f;
    if (h[0] & (opcode == 1 && v->packs ? 0x30 : 0x70)) broken++; /* a bit nobody agreed on */
    if (opcode == 1) text(v, content, body, now, h[0] >> 6 & 1);
    else if (opcode == 9) send_frame(v, 10, content, body);
    else if (opcode == 8) {
      int64_t wait = come_back(content, body);
      send_frame(v, 8, content, body < 2 ? 0 : 2);
      hang_up(v, wait);
      return len;
    }
    content[body] = kept;
    at += start + body;
  }
  return at;
}

static void readable(Viewer *v) {
  size_t have = v->part_len;
  if (have) memcpy(buffer, v->part, have);
  ssize_t got = recv(v->fd, buffer + have, BUFFER - have, 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) { hang_up(v, -1); return; }
  int64_t now = wall();
  bytes_in += got;
  size_t len = have + got, done = 0;
  if (v->state == ASKED) {
    buffer[len] = 0;
    char *end = memmem(buffer, len, "\r\n\r\n", 4);
    if (end) {
      if (memcmp(buffer, "HTTP/1.1 101", 12)) { hang_up(v, -1); return; }
      *end = 0;
      v->packs = strcasestr(buffer, "permessage-deflate") != NULL;
      if (v->packs && (!offer || !strcasestr(buffer, "server_no_context_takeover"))) { hang_up(v, -1); return; }
      done = end + 4 - buffer;
      v->state = JOINED;
      if (mode == 1) is_ready(v);
    }
  }
  if (v->state == JOINED || v->state == READY) {
    done += take(v, buffer + done, len - done, now);
    if (v->state == IDLE) return;
  }
  size_t rest = len - done;
  if (rest) {
    v->part = must(realloc(v->part, rest));
    memcpy(v->part, buffer + done, rest);
  } else if (v->part) { free(v->part); v->part = NULL; }
  v->part_len = rest;
}

static void keep_open(int64_t now) {
  static int next = 0;
  for (int looked = 0; looked < wanted && opening < AT_ONCE; looked++) {
    Viewer *v = &viewers[next++ % wanted];
    if (v->state == IDLE && v->due <= now) dial(v);
  }
}

/* Looks at the sockets every so often and then takes all there is, as a network card does that
   merges its interrupts. Waiting for the next byte would have the server's core wake this process
   for every frame, which costs it a third of a write and is nothing a viewer elsewhere costs. */
static void step(void) {
  static int more;
  struct epoll_event events[512];
  if (ready < wanted) keep_open(wall());
  if (!more) usleep(LOOK_US);
  more = 1;
  for (int turn = 0; turn < 8 && more; turn++) {
    int n = epoll_wait(epoll, events, 512, 0);
    more = n == 512;
    for (int i = 0; i < n; i++) {
      Viewer *v = events[i].data.ptr;
      if (v->state == CONNECTING) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(v->fd, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error) hang_up(v, -1);
        else if (events[i].events & EPOLLOUT) ask(v);
      } else if (v->state != IDLE) readable(v);
    }
  }
}

/* ---- answers ---- */

static double part_of(uint32_t *h, double part) { /* in milliseconds */
  uint64_t sum = 0, so_far = 0;
  for (int i = 0; i < BUCKETS; i++) sum += h[i];
  if (!sum) return -1;
  for (int i = 0; i < BUCKETS; i++) if ((so_far += h[i]) >= part * sum) return (i + 1) / 10.0;
  return BUCKETS / 10.0;
}

static double cpu(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static int64_t behind(void) {
  int64_t missing = 0;
  int64_t target = mode == 0 ? newest : seq_said;
  for (int i = 0; i < wanted; i++) if (viewers[i].seq < target) missing += target - (viewers[i].seq < 0 ? 0 : viewers[i].seq);
  return missing;
}

static void forget(void) {
  memset(histogram, 0, sizeof histogram);
  memset(pin_histogram, 0, sizeof pin_histogram);
  deliveries = frames = bytes_in = bytes_saved = packed_frames = lost = again = broken = refused = closed = pins = said = last_delivery = 0;
}

static void run(double seconds, double rate, int senders, double likes) {
  forget();
  int64_t began = wall(), now = began, ends = began + seconds * 1e9, liked = 0, sender = 0;
  double used = cpu();
  while (now < ends) {
    while (said < (now - began) / 1e9 * rate) say(&viewers[sender++ % senders]);
    while (liked < (now - began) / 1e9 * likes) send_frame(&viewers[liked++ % wanted], 1, "{\"like\":3}", 10);
    step();
    now = wall();
  }
  int64_t expected = said * wanted;
  while (deliveries < expected && wall() < ends + DRAIN_NS) step();
  double took = ((last_delivery > ends ? last_delivery : ends) - began) / 1e9;
  printf("{\"viewers\":%d,\"messages\":%lld,\"deliveries\":%lld,\"per_second\":%.0f,\"p50_ms\":%.1f,\"p99_ms\":%.1f,"
         "\"pins\":%lld,\"pin_p50_ms\":%.1f,\"pin_p99_ms\":%.1f,\"frames\":%lld,\"frames_per_second\":%.0f,\"bytes\":%lld,"
         "\"bytes_undeflated\":%lld,\"deflated_frames\":%lld,\"lost\":%lld,\"twice\":%lld,\"undelivered\":%lld,\"refused\":%lld,\"closed\":%lld,\"seconds\":%.2f,\"load_cpu\":%.2f}\n",
         wanted, (long long)said, (long long)deliveries, deliveries / took, part_of(histogram, 0.5), part_of(histogram, 0.99),
         (long long)pins, part_of(pin_histogram, 0.5), part_of(pin_histogram, 0.99), (long long)frames, frames / took,
         (long long)bytes_in, (long long)(bytes_in + bytes_saved), (long long)packed_frames, (long long)(lost + broken), (long long)again, (long long)(expected - deliveries),
         (long long)refused, (long long)closed, took, cpu() - used);
}

static void open_all(int n) {
  int64_t began = wall();
  wanted = n < path_count ? n : path_count;
  while (ready < wanted && wall() < began + 120000000000LL) step();
  printf("{\"open\":%d,\"seconds\":%.2f,\"refused\":%lld}\n", ready, (wall() - began) / 1e9, (long long)refused);
}

static void back(double seconds) {
  int64_t began = wall(), whole = 0;
  coming_back = 1;
  while (wall() < began + seconds * 1e9) {
    step();
    if (closed >= wanted && ready == wanted && !behind()) { whole = wall(); break; }
  }
  coming_back = 0;
  printf("{\"back\":%lld,\"ready\":%d,\"slowest_ms\":%lld,\"whole_after_ms\":%lld,\"lost\":%lld,\"twice\":%lld,\"behind\":%lld,\"refused\":%lld}\n",
         (long long)back_count, ready, (long long)(back_slowest / 1000000), (long long)(whole ? (whole - began) / 1000000 : -1),
         (long long)(lost + broken), (long long)again, (long long)behind(), (long long)refused);
  back_slowest = back_count = 0;
}

int main(int argc, char **argv) {
  if (argc != 5) { fprintf(stderr, "room_load HOST PORT room|undeflated|plain|sio PATHS\n"); return 2; }
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  server.sin_family = AF_INET;
  server.sin_port = htons(atoi(argv[2]));
  inet_pton(AF_INET, argv[1], &server.sin_addr);
  snprintf(host, sizeof host, "%s:%s", argv[1], argv[2]);
  mode = !strcmp(argv[3], "plain") ? 1 : !strcmp(argv[3], "sio") ? 2 : 0;
#ifndef WITHOUT_ZLIB
  offer = !strcmp(argv[3], "room");
#endif
  FILE *file = fopen(argv[4], "r");
  if (!file) { perror(argv[4]); return 1; }
  char *line = NULL;
  size_t size = 0;
  for (ssize_t len; (len = getline(&line, &size, file)) > 0;) {
    while (len && (line[len - 1] == '\n' || line[len - 1] == '\r')) line[--len] = 0;
    paths = must(realloc(paths, sizeof(char *) * (path_count + 1)));
    paths[path_count++] = must(strdup(line));
  }
  fclose(file);
  viewers = must(calloc(path_count, sizeof(Viewer)));
  for (int i = 0; i < path_count; i++) viewers[i] = (Viewer){.fd = -1, .number = i, .seq = -1};
  epoll = epoll_create1(0);
  setvbuf(stdout, NULL, _IOLBF, 0);
  fcntl(0, F_SETFL, O_NONBLOCK);
  char commands[4096];
  size_t have = 0;
  for (;;) {
    ssize_t got = read(0, commands + have, sizeof commands - have - 1);
    if (got == 0) return 0;
    if (got > 0) have += got;
    commands[have] = 0;
    char *end = memchr(commands, '\n', have);
    if (!end) { step(); continue; }
    *end = 0;
    double a = 0, b = 0, d = 0;
    int n = 0;
    if (sscanf(commands, "open %d", &n) == 1) open_all(n);
    else if (sscanf(commands, "run %lf %lf %d %lf", &a, &b, &n, &d) == 4) run(a, b, n, d);
    else if (sscanf(commands, "back %lf", &a) == 1) back(a);
    else if (!strncmp(commands, "end", 3)) return 0;
    else printf("{\"error\":\"unknown command\"}\n");
    have -= end + 1 - commands;
    memmove(commands, end + 1, have);
  }
}
