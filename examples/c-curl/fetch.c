// Fetches what is named on the command line: libcurl and OpenSSL, static.
#include <curl/curl.h>
#include <stdio.h>

int main(int argc, char **argv) {
  if (argc < 2) {
    puts(curl_version());
    return 0;
  }
  curl_global_init(CURL_GLOBAL_DEFAULT);
  CURL *handle = curl_easy_init();
  curl_easy_setopt(handle, CURLOPT_URL, argv[1]);
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(handle, CURLOPT_FAILONERROR, 1L);
  CURLcode code = curl_easy_perform(handle);
  if (code != CURLE_OK) fprintf(stderr, "%s: %s\n", argv[1], curl_easy_strerror(code));
  curl_easy_cleanup(handle);
  return code == CURLE_OK ? 0 : 1;
}
