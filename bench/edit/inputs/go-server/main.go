package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const greeting = "hello 0"

func main() {
	asked := prometheus.NewCounter(prometheus.CounterOpts{Name: "asked_total"})
	prometheus.MustRegister(asked)
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		asked.Inc()
		json.NewEncoder(w).Encode(map[string]string{"says": greeting, "path": r.URL.Path})
	})
	http.Handle("/metrics", promhttp.Handler())
	fmt.Println(greeting)
	log.Fatal(http.ListenAndServe(":8080", nil))
}
