package scale

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/topology"
)

// Bounds of answering.
const (
	// keep is how long a figure is answered again: whoever asks, and however often, the broker is asked once in that time.
	keep = 5 * time.Second
	// readWithin bounds finding one out.
	readWithin = 10 * time.Second
	// mostDrain is the longest time that may be asked for.
	mostDrain = time.Hour
)

// Door answers GET /scale/{network}?drain=60 with a [Figure], for an autoscaler. It asks for no token: its numbers are those
// of /metrics on the same port, it changes nothing, and a token that let an autoscaler in here would let it in at the whole
// API. What it costs has a bound, however many channels there are and whoever asks. It is safe for concurrent use.
type Door struct {
	bus *bus.Bus
	log *slog.Logger

	mu    sync.Mutex // guards known and far, not what is in it
	known map[string]bool
	asked time.Time // when known was
	far   map[string]*kept
}

// kept is the last reading of one destination. Whoever asks while it is found out waits for it.
type kept struct {
	mu      sync.Mutex
	reading *reading
}

// NewDoor answers about the networks of a deployment.
func NewDoor(b *bus.Bus, log *slog.Logger) *Door {
	return &Door{bus: b, log: log, far: map[string]*kept{}}
}

// errUnknown is the answer about a network that is not there.
var errUnknown = errors.New("there is no network of this name")

// ServeHTTP implements [http.Handler]. The pattern it is served under names the network as {network}.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	within := Drain
	if asked := r.URL.Query().Get("drain"); asked != "" {
		seconds, err := strconv.Atoi(asked)
		within = time.Duration(seconds) * time.Second
		if err != nil || within < time.Second || within > mostDrain {
			http.Error(w, "drain: seconds from 1 to 3600 within which what is due should be sent", http.StatusBadRequest)
			return
		}
	}
	ctx, cancel := context.WithTimeout(r.Context(), readWithin)
	defer cancel()
	reading, err := d.read(ctx, r.PathValue("network"))
	switch {
	case errors.Is(err, errUnknown):
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	case err != nil:
		d.log.Warn("scale: the figure is not known", "err", err)
		http.Error(w, "the figure is not known at present", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(reading.figure(within))
}

// read is what is known of a destination, no older than keep.
func (d *Door) read(ctx context.Context, far string) (*reading, error) {
	k, err := d.of(ctx, far)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.reading != nil && time.Since(k.reading.at) < keep {
		return k.reading, nil
	}
	if err := ctx.Err(); err != nil { // it waited for too long
		return nil, err
	}
	now, err := read(ctx, d.bus, far)
	if err != nil {
		return nil, err
	}
	k.reading = now
	return now, nil
}

// of is where the reading of a destination is kept, or errUnknown.
func (d *Door) of(ctx context.Context, far string) (*kept, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if time.Since(d.asked) >= keep {
		known, err := networks(ctx, d.bus)
		if err != nil {
			return nil, err
		}
		d.known, d.asked = known, time.Now()
	}
	if !d.known[far] {
		return nil, errUnknown
	}
	if d.far[far] == nil {
		d.far[far] = &kept{}
	}
	return d.far[far], nil
}

// networks are the destinations that there are: the platform, those whose service has run once, and those of channels.
func networks(ctx context.Context, b *bus.Bus) (map[string]bool, error) {
	known := map[string]bool{topology.Platform: true}
	declared, err := kv.Open(b, topology.Networks).All(ctx)
	if err != nil {
		return nil, err
	}
	for name := range declared {
		known[name] = true
	}
	all, err := directory.List(ctx, b)
	for _, c := range all {
		known[c.Network] = true
	}
	return known, err
}
