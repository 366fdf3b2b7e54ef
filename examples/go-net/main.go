// An HTTP server, and with an argument a client that fetches a URL: `go-net https://example.com/`.
package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

const maxBodyBytes = 1 << 20

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "go-net:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	switch len(arguments) {
	case 0:
		return serve(":8080")
	case 1:
		return fetch(arguments[0])
	default:
		return errors.New("usage: go-net [URL]")
	}
}

func serve(address string) error {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(response http.ResponseWriter, request *http.Request) {
		if request.URL.Path != "/" {
			http.NotFound(response, request)
			return
		}
		fmt.Fprintln(response, "Hello World")
	})
	mux.HandleFunc("/healthz", func(response http.ResponseWriter, _ *http.Request) {
		response.WriteHeader(http.StatusNoContent)
	})
	server := &http.Server{Addr: address, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	fmt.Println("listening on", address)
	return server.ListenAndServe()
}

func fetch(url string) error {
	client := &http.Client{Timeout: 30 * time.Second}
	response, err := client.Get(url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	fmt.Println(response.Status)
	_, err = io.Copy(os.Stdout, io.LimitReader(response.Body, maxBodyBytes))
	return err
}
