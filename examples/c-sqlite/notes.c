// Words and how often they come, counted by SQLite in memory.
#include <sqlite3.h>
#include <stdio.h>

static int fail(sqlite3 *db) {
  fprintf(stderr, "%s\n", sqlite3_errmsg(db));
  return 1;
}

int main(void) {
  sqlite3 *db;
  if (sqlite3_open(":memory:", &db) != SQLITE_OK) return fail(db);
  if (sqlite3_exec(db, "CREATE TABLE words (word TEXT PRIMARY KEY, times INTEGER)", NULL, NULL, NULL) != SQLITE_OK) return fail(db);
  sqlite3_stmt *insert;
  const char *sql = "INSERT INTO words VALUES (?, 1) ON CONFLICT (word) DO UPDATE SET times = times + 1";
  if (sqlite3_prepare_v2(db, sql, -1, &insert, NULL) != SQLITE_OK) return fail(db);
  char word[128];
  while (scanf("%127s", word) == 1) {
    sqlite3_bind_text(insert, 1, word, -1, SQLITE_TRANSIENT);
    if (sqlite3_step(insert) != SQLITE_DONE) return fail(db);
    sqlite3_reset(insert);
  }
  sqlite3_finalize(insert);
  sqlite3_stmt *select;
  if (sqlite3_prepare_v2(db, "SELECT word, times FROM words ORDER BY times DESC, word", -1, &select, NULL) != SQLITE_OK) return fail(db);
  while (sqlite3_step(select) == SQLITE_ROW) printf("%s %d\n", sqlite3_column_text(select, 0), sqlite3_column_int(select, 1));
  sqlite3_finalize(select);
  sqlite3_close(db);
  return 0;
}
