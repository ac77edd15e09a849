/* Buyers over keep-alive connections: each sends an order, waits for the answer, sends the next.
 *
 * Standard input: a line "PORT CONNECTIONS REQUESTS SECONDS PER_SECOND", then every request as its
 * length (four bytes, this machine's order) and its bytes. At most so many requests are sent, for
 * at most so many seconds; paced where PER_SECOND is not 0, and a wait then counts from the
 * instant its request was due. What was sent is waited for.
 *
 * Standard output: a line "SECONDS CPU_SECONDS", then a line for each answer: its status, the
 * microseconds it took, and for a 201 the order's id. Exit 1 where the server hangs up.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 16384, EVENTS = 1024, ID_AT = 13, ID_LENGTH = 36 };
static const double ANSWER_SECONDS = 30.0;

struct request { char *bytes; uint32_t length; };
struct buyer { int fd; uint32_t seen; double due; char data[BUFFER]; };
struct answer { int status; uint32_t micros; char id[ID_LENGTH + 1]; };

static struct request *requests;
static struct answer *answers;
static long wanted, sent, answered;
static double began, ends, pace, seconds_given;

static void fail(const char *why) { perror(why); exit(1); }

static double now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec + at.tv_nsec / 1e9;
}

static double cpu(void) {
    struct timespec at;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return at.tv_sec + at.tv_nsec / 1e9;
}

static int is_due(double at) {
    return at < ends && sent < wanted && began + sent * pace <= at;
}

static void send_one(struct buyer *buyer, double at) {
    struct request *one = &requests[sent];
    buyer->due = pace > 0 ? began + sent * pace : at;
    buyer->seen = 0;
    sent++;
    if (send(buyer->fd, one->bytes, one->length, MSG_NOSIGNAL) != (ssize_t)one->length)
        fail("the socket took a part of a request only");
}

/* Take in what came; whether the answer is whole. */
static int take(struct buyer *buyer, double at) {
    ssize_t got = recv(buyer->fd, buyer->data + buyer->seen, BUFFER - 1 - buyer->seen, 0);
    if (got <= 0) fail("the server hung up");
    buyer->seen += (uint32_t)got;
    buyer->data[buyer->seen] = 0;
    char *end = strstr(buyer->data, "\r\n\r\n");
    if (end == NULL) return 0;
    char *length = strcasestr(buyer->data, "content-length: ");
    if (length == NULL || length > end) fail("an answer without a length");
    char *body = end + 4;
    if (buyer->data + buyer->seen < body + atol(length + 16)) return 0;
    struct answer *one = &answers[answered++];
    one->status = atoi(buyer->data + 9);
    one->micros = (uint32_t)((at - buyer->due) * 1e6);
    if (one->status == 201) memcpy(one->id, body + ID_AT, ID_LENGTH);
    return 1;
}

static double carry_out(struct buyer *buyers, int count) {
    struct epoll_event events[EVENTS];
    struct buyer **idle = calloc(count, sizeof *idle);
    int epoll = epoll_create1(0), resting = count;
    for (int i = 0; i < count; i++) {
        struct epoll_event wanted_event = {.events = EPOLLIN, .data.ptr = &buyers[i]};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, buyers[i].fd, &wanted_event)) fail("epoll");
        idle[i] = &buyers[i];
    }
    double at = began = now();
    ends = began + seconds_given;
    for (;;) {
        while (resting && is_due(at)) send_one(idle[--resting], at);
        if (resting == count && (at >= ends || sent == wanted)) return at - began;
        if (at > ends + ANSWER_SECONDS) return at - began;
        int pause = 1000;
        if (resting && at < ends && sent < wanted) {
            double left = began + sent * pace - at;
            pause = left > 0 ? (int)(left * 1000) : 0;
        }
        int ready = epoll_wait(epoll, events, EVENTS, pause);
        at = now();
        for (int i = 0; i < ready; i++) {
            struct buyer *buyer = events[i].data.ptr;
            if (!take(buyer, at)) continue;
            if (pace == 0 && at < ends && sent < wanted) send_one(buyer, at);
            else idle[resting++] = buyer;
        }
    }
}

static void read_requests(void) {
    requests = calloc(wanted, sizeof *requests);
    answers = calloc(wanted, sizeof *answers);
    for (long i = 0; i < wanted; i++) {
        if (fread(&requests[i].length, 4, 1, stdin) != 1) fail("too few requests");
        requests[i].bytes = malloc(requests[i].length);
        if (fread(requests[i].bytes, 1, requests[i].length, stdin) != requests[i].length)
            fail("half a request");
    }
}

int main(void) {
    int port, count;
    double per_second;
    if (scanf("%d %d %ld %lf %lf", &port, &count, &wanted, &seconds_given, &per_second) != 5)
        fail("what to do?");
    getchar();
    pace = per_second > 0 ? 1 / per_second : 0;
    read_requests();
    struct buyer *buyers = calloc(count, sizeof *buyers);
    struct sockaddr_in shop = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, "127.0.0.1", &shop.sin_addr);
    for (int i = 0, one = 1; i < count; i++) {
        buyers[i].fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(buyers[i].fd, (struct sockaddr *)&shop, sizeof shop)) fail("connect");
        setsockopt(buyers[i].fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    }
    double before = cpu(), took = carry_out(buyers, count);
    printf("%.6f %.6f\n", took, cpu() - before);
    for (long i = 0; i < answered; i++)
        printf("%d %u %s\n", answers[i].status, answers[i].micros, answers[i].id);
    for (long i = answered; i < sent; i++) printf("0 0 \n");
    return 0;
}
