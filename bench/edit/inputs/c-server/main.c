#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char greeting[] = "hello 0";

int parts(int);

int main(void) {
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8080)};
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 16) != 0) return 1;
  printf("%s, %d parts\n", greeting, parts(40));
  fflush(stdout);
  for (;;) {
    int client = accept(listener, NULL, NULL);
    if (client < 0) return 1;
    dprintf(client, "HTTP/1.0 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(greeting), greeting);
    close(client);
  }
}
