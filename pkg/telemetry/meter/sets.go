package meter

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// values are a figure's labels, in the order of their names. "" leaves the label out.
type values [3]string

// mostSets bounds the combinations of one figure's labels. All are of closed sets, so that this many are a mistake: what is
// over it is counted without its labels.
const mostSets = 2000

// sets are the label sets of one figure, each made once: to make one at every measurement would cost more than the
// measurement. Readers take no lock.
type sets[O any] struct {
	service attribute.KeyValue
	names   []string
	known   *atomic.Pointer[map[values][]O]
	mu      *sync.Mutex // held by who adds one
}

func newSets[O any](service attribute.KeyValue, names []string) sets[O] {
	s := sets[O]{service: service, names: names, known: &atomic.Pointer[map[values][]O]{}, mu: &sync.Mutex{}}
	s.known.Store(&map[values][]O{})
	return s
}

// of is the options of a measurement with these labels.
func (s *sets[O]) of(v values) []O {
	if o, ok := (*s.known.Load())[v]; ok {
		return o
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := *s.known.Load()
	if o, ok := now[v]; ok {
		return o
	}
	if len(now) >= mostSets {
		v = values{}
		if o, ok := now[v]; ok {
			return o
		}
	}
	next := maps.Clone(now)
	next[v] = []O{any(metric.WithAttributeSet(attribute.NewSet(s.attributes(v)...))).(O)}
	s.known.Store(&next)
	return next[v]
}

func (s *sets[O]) attributes(v values) []attribute.KeyValue {
	all := []attribute.KeyValue{s.service}
	for i, name := range s.names {
		if v[i] != "" {
			all = append(all, attribute.String(name, v[i]))
		}
	}
	return slices.Clip(all)
}
