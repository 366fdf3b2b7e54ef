import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A program that asks what services answer: Go's own resolver and TLS, which need nothing of a root but its files. */
const SOURCE = String.raw`
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sort"
	"strings"
	"syscall"
	"time"
)

func lookUp(name string) (string, error) {
	limited, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	all, err := net.DefaultResolver.LookupHost(limited, name)
	sort.Strings(all)
	return strings.Join(all, " "), err
}

func fetch(url string) (string, error) {
	client := &http.Client{Timeout: 30 * time.Second}
	response, err := client.Get(url)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.Status + " " + strings.TrimSpace(string(body)), err
}

func ask(question string) (string, error) {
	fmt.Print(question)
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	name, _ := os.Readlink("/proc/self/fd/0")
	return strings.TrimSpace(line) + " from " + name, err
}

func owner(path string) (string, error) {
	var stat syscall.Stat_t
	err := syscall.Stat(path, &stat)
	return fmt.Sprintf("%d:%d %o", stat.Uid, stat.Gid, stat.Mode&07777), err
}

func flood(count string) (string, error) {
	var times int
	fmt.Sscan(count, &times)
	for i := 0; i < 300; i++ {
		if c, err := net.DialTimeout("tcp", "127.0.0.1:443", time.Second); err == nil {
			c.Write([]byte(strings.Repeat("\x16\x03\x01\xff\xff", 1000)))
		}
		if c, err := net.DialTimeout("tcp", "127.0.0.11:53", time.Second); err == nil {
			c.Write([]byte("\xff\xff" + strings.Repeat("\xc0\x0c", 30000)))
		}
	}
	c, err := net.Dial("udp", "127.0.0.11:53")
	for i := 0; i < 20000 && err == nil; i++ {
		c.Write([]byte(strings.Repeat("\xc0\x0c", i%700)))
	}
	answered, silent := 0, 0
	query := []byte("\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x04test\x00\x00\x01\x00\x01")
	for answer := make([]byte, 512); answered < times && silent < 20; {
		c.Write(query)
		c.SetReadDeadline(time.Now().Add(time.Second / 2))
		if _, err := c.Read(answer); err == nil {
			answered++
		} else if strings.Contains(err.Error(), "refused") {
			silent++ // nobody listens any more; that an answer is late says nothing
		}
	}
	return fmt.Sprintf("flooded, and answered to the end: %v", answered == times), nil
}

func one(what, value string) (string, error) {
	switch what {
	case "lookup":
		return lookUp(value)
	case "fetch":
		return fetch(value)
	case "cat":
		content, err := os.ReadFile(value)
		return string(content), err
	case "write":
		return "written", os.WriteFile(value, []byte("x"), 0o644)
	case "owner":
		return owner(value)
	case "ask":
		return ask(value)
	case "flood":
		return flood(value)
	case "wait":
		ended := make(chan os.Signal, 1)
		signal.Notify(ended, syscall.SIGTERM)
		fmt.Println("waiting")
		<-ended
		return "told", nil
	}
	return "", fmt.Errorf("unknown: %s", what)
}

func main() {
	for _, argument := range os.Args[1:] {
		what, value, _ := strings.Cut(argument, "=")
		text, err := one(what, value)
		if err != nil {
			text = "error: " + err.Error()
		}
		fmt.Println(what, value, "->", text)
	}
}
`;

/** Compiles it, static. @returns its path. */
export function compileServiceClient(folder: string): string {
  const project = join(folder, 'client-source');
  mkdirSync(project);
  writeFileSync(join(project, 'main.go'), SOURCE);
  writeFileSync(join(project, 'go.mod'), 'module example.com/client\n\ngo 1.19\n');
  const path = join(folder, 'client');
  execFileSync('go', ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', path, '.'], {
    cwd: project,
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return path;
}
