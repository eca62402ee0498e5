// Reads OTLP/JSON with the decoder of OpenTelemetry's collector, and prints what it read as JSON, a line for each span.
package main

import (
	"encoding/json"
	"io"
	"log"
	"os"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

type event struct {
	Name       string         `json:"name"`
	At         uint64         `json:"at,string"`
	Attributes map[string]any `json:"attributes"`
}

type span struct {
	Service    string         `json:"service"`
	TraceID    string         `json:"traceId"`
	SpanID     string         `json:"spanId"`
	ParentID   string         `json:"parentSpanId"`
	Name       string         `json:"name"`
	Kind       int32          `json:"kind"`
	Start      uint64         `json:"start,string"`
	End        uint64         `json:"end,string"`
	Status     int32          `json:"status"`
	Message    string         `json:"message"`
	Attributes map[string]any `json:"attributes"`
	Events     []event        `json:"events"`
}

func main() {
	body, err := io.ReadAll(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	traces, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(body)
	if err != nil {
		log.Fatal(err)
	}
	out := json.NewEncoder(os.Stdout)
	for _, resource := range traces.ResourceSpans().All() {
		service, _ := resource.Resource().Attributes().Get("service.name")
		for _, scope := range resource.ScopeSpans().All() {
			for _, read := range scope.Spans().All() {
				if err := out.Encode(told(service.Str(), read)); err != nil {
					log.Fatal(err)
				}
			}
		}
	}
}

func told(service string, read ptrace.Span) span {
	events := []event{}
	for _, each := range read.Events().All() {
		events = append(events, event{each.Name(), uint64(each.Timestamp()), attributes(each.Attributes())})
	}
	return span{
		service,
		read.TraceID().String(),
		read.SpanID().String(),
		read.ParentSpanID().String(),
		read.Name(),
		int32(read.Kind()),
		uint64(read.StartTimestamp()),
		uint64(read.EndTimestamp()),
		int32(read.Status().Code()),
		read.Status().Message(),
		attributes(read.Attributes()),
		events,
	}
}

func attributes(of pcommon.Map) map[string]any {
	return of.AsRaw()
}
