// A Go program with C code of its own in the package.
package main

/*
#include <stdlib.h>
#include <string.h>
#include "collatz.h"
*/
import "C"

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"unsafe"
)

func main() {
	start := uint64(27)
	if len(os.Args) > 1 {
		parsed, err := strconv.ParseUint(os.Args[1], 10, 64)
		if err != nil {
			fmt.Fprintln(os.Stderr, "go-cgo:", err)
			os.Exit(2)
		}
		start = parsed
	}
	text := C.CString("counted in C")
	defer C.free(unsafe.Pointer(text))
	fmt.Printf("%d takes %d steps, %s (%d letters)\n", start, C.collatz_steps(C.ulonglong(start)), C.GoString(text), C.strlen(text))
	if _, err := user.Lookup("nobody"); err != nil {
		fmt.Println("no such user here:", err)
	}
}
