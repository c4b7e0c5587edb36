package main

import (
	"slices"
	"strings"
	"testing"
)

// core are the packages between the streams and the services, the lowest first. Each reaches those above it in this list
// and nothing else of the list, by whatever way: so that what a package does can be understood, and tested, without
// those that stand on it.
var core = [][]string{
	{"pkg/reason"}, // why a message waits or fails: data
	{"pkg/topology", "pkg/lanes", "pkg/delivery/result", "pkg/delivery/circuit", "pkg/delivery/fault", "pkg/telemetry/label", "pkg/telemetry/meter", "pkg/nkey", "pkg/digest", "pkg/pause", "pkg/failpoint", "pkg/consume/internal/progress", "pkg/consume/internal/budget", "pkg/delivery/internal/waits", "pkg/delivery/internal/outcomes", "pkg/shard/internal/placement"}, // no broker: data and queues
	{"pkg/topology/rights", "pkg/delivery/rates", "pkg/delivery/internal/gate"},            // what each service may do; how much may be sent, and whether now
	{"pkg/delivery/internal/account"},                                                      // what channels with one credential share
	{"pkg/bus/internal/valid", "pkg/bus/internal/refusal", "pkg/bus/internal/traceparent"}, // what the broker takes, and says
	{"pkg/bus/internal/conn", "pkg/bus/internal/batch"},                                    // the connection; messages that are stored together
	{"pkg/bus"},                   // the only door to NATS: knows no message, no shard, no lane
	{"pkg/bus/kv", "pkg/bus/rpc"}, // values by keys; questions to other processes
	{"pkg/bus/provision", "pkg/bus/media", "pkg/bus/snapshot"},                                                           // makes the streams; keeps attachments; copies streams
	{"pkg/shard", "pkg/record", "pkg/delivery/sent", "pkg/consume/internal/inherited", "pkg/consume/internal/retention"}, // who owns what; what INDEX remembers
	{"pkg/deadletter"}, // what could not go on
	{"pkg/consume", "pkg/integrity", "pkg/directory"},                                                   // reading
	{"pkg/delivery/internal/live", "pkg/delivery/internal/standing", "pkg/delivery/internal/holdstore"}, // how channels stand
	{"pkg/delivery"}, // sending
	{"pkg/listen"},   // hearing
}

// TestLayers holds every package of the core against what it links.
func TestLayers(t *testing.T) {
	t.Parallel()
	level := map[string]int{}
	for i, packages := range core {
		for _, p := range packages {
			level[p] = i
		}
	}
	all := deepImports(t)
	for path, own := range level {
		deps, ok := all[path]
		if !ok {
			t.Errorf("%s is not there", path)
			continue
		}
		for _, d := range deps {
			d, ours := strings.CutPrefix(d, module)
			if !ours || !strings.HasPrefix(d, "pkg/") {
				continue
			}
			if below, known := level[d]; !known || below >= own {
				t.Errorf("%s reaches %s, which does not stand below it", path, d)
			}
		}
	}
	for path, imports := range packages(t) {
		if below("pkg/bus", path) && slices.ContainsFunc(imports, func(i string) bool { return strings.HasPrefix(i, module+"proto/") }) {
			t.Errorf("%s knows messages: it imports proto", path)
		}
		if _, known := level[path]; strings.HasPrefix(path, "pkg/") && !known && !strings.Contains(path, "test") && slices.ContainsFunc(imports, func(i string) bool {
			return below(module+"pkg/bus", i)
		}) && !slices.Contains(edges, path) {
			t.Errorf("%s imports pkg/bus, or a package below it, and has no place among the layers", path)
		}
	}
}

// edges stand on the core: they put it together for a service.
var edges = []string{"pkg/service", "pkg/provider/runtime", "pkg/provider/runtime/internal/attachments", "pkg/provider/runtime/internal/storage", "pkg/provider/runtime/internal/declaration", "pkg/webhook/callstore", "pkg/bus/floor"}

// below says that a package is the one of a folder, or one in it.
func below(folder, path string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }
