// A line editor: what is typed, with its words in reverse order. Arrow keys, history and completion are readline's own.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <readline/history.h>
#include <readline/readline.h>

static void print_reversed(char *line) {
  char *words[256];
  int count = 0;
  for (char *word = strtok(line, " \t"); word != NULL && count < 256; word = strtok(NULL, " \t")) words[count++] = word;
  for (int at = count - 1; at >= 0; at--) printf("%s%c", words[at], at == 0 ? '\n' : ' ');
}

int main(void) {
  char *line;
  while ((line = readline("> ")) != NULL) {
    if (*line != '\0') add_history(line);
    print_reversed(line);
    fflush(stdout);
    free(line);
  }
  return 0;
}
