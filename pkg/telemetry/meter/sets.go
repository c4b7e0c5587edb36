package meter

import (
	"maps"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// values are a figure's labels, in the order of their names. "" leaves the label out.
type values [3]string

// mostSets bounds the combinations of one figure's labels. All are of closed sets, so that this many are a mistake: what is
// over it is counted without its labels.
const mostSets = 2000

// sets are the series of one figure by their labels, each made once: to look for one by the names of its labels would cost more than
// the measurement. A vector of Prometheus' client would show a label that is left out as an empty one. Readers take no lock.
type sets[S prometheus.Metric] struct {
	service prometheus.Labels
	names   []string
	create  func(prometheus.Labels) S
	known   atomic.Pointer[map[values]S] // never changed: who adds a series stores a new one
	mu      sync.Mutex                   // held by who adds one
}

func newSets[S prometheus.Metric](service prometheus.Labels, names []string, create func(prometheus.Labels) S) *sets[S] {
	s := &sets[S]{service: service, names: names, create: create}
	s.known.Store(&map[values]S{})
	return s
}

// of is the series with these labels.
func (s *sets[S]) of(v values) S {
	if found, ok := (*s.known.Load())[v]; ok {
		return found
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := *s.known.Load()
	if found, ok := now[v]; ok {
		return found
	}
	if len(now) >= mostSets {
		v = values{}
		if found, ok := now[v]; ok {
			return found
		}
	}
	next := maps.Clone(now)
	next[v] = s.create(s.labels(v))
	s.known.Store(&next)
	return next[v]
}

// Collect implements [figure]: it tells the series that something was counted by.
func (s *sets[S]) Collect(to chan<- prometheus.Metric) {
	for _, series := range *s.known.Load() {
		to <- series
	}
}

func (s *sets[S]) labels(v values) prometheus.Labels {
	all := maps.Clone(s.service)
	for i, name := range s.names {
		if v[i] != "" {
			all[name] = v[i]
		}
	}
	return all
}
