package history

import (
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/topology"
)

// Recorder writes the history of a run. It is safe for concurrent use.
type Recorder struct {
	mu      sync.Mutex
	history History
	open    map[Lane]map[int]bool // accepted and not arrived
	late    map[Lane]map[int]bool // arrived before the sender knew that it was accepted
	mids    map[string]bool       // accepted outbound, without a status yet
	seen    map[string]bool       // with a status
}

// NewRecorder begins with what is known beforehand: the healthy lanes, the wanted faults, and how the run is laid out.
func NewRecorder(known History) *Recorder {
	known.Faults, known.Asked = map[Fault]int{}, map[Kind]int{}
	return &Recorder{
		history: known,
		open:    map[Lane]map[int]bool{}, late: map[Lane]map[int]bool{}, mids: map[string]bool{}, seen: map[string]bool{},
	}
}

// Accept writes down a message that the bridge took.
func (rec *Recorder) Accept(a Accepted) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.history.Accepted = append(rec.history.Accepted, a)
	if !rec.late[a.Lane][a.Seq] {
		put(rec.open, a.Lane, a.Seq)
	}
	if a.MID != "" && !rec.seen[a.MID] {
		rec.mids[a.MID] = true
	}
}

func put(m map[Lane]map[int]bool, l Lane, seq int) {
	if m[l] == nil {
		m[l] = map[int]bool{}
	}
	m[l][seq] = true
}

// Arrive writes down an arrival; the returned function that it was answered.
func (rec *Recorder) Arrive(a Arrival) (answered func(*http.Request)) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	i := len(rec.history.Arrivals)
	rec.history.Arrivals = append(rec.history.Arrivals, a)
	delete(rec.open[a.Lane], a.Seq)
	put(rec.late, a.Lane, a.Seq)
	return func(r *http.Request) {
		rec.mu.Lock()
		defer rec.mu.Unlock()
		rec.history.Arrivals[i].answer(r)
	}
}

// Status writes down a receipt; the returned function that it was answered.
func (rec *Recorder) Status(st Status) (answered func(*http.Request)) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	i := len(rec.history.Statuses)
	rec.history.Statuses = append(rec.history.Statuses, st)
	delete(rec.mids, st.MID)
	rec.seen[st.MID] = true
	return func(r *http.Request) {
		rec.mu.Lock()
		defer rec.mu.Unlock()
		rec.history.Statuses[i].answer(r)
	}
}

// Stored writes down when the outcome of each send was stored, as when tells: far is the network or the platform, send the
// id of a message, or the id and the value of a status.
func (rec *Recorder) Stored(network string, when func(far, send string) time.Time) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	mids := map[Lane]map[int]string{}
	for _, a := range rec.history.Accepted {
		if mids[a.Lane] == nil {
			mids[a.Lane] = map[int]string{}
		}
		mids[a.Lane][a.Seq] = a.MID
	}
	for i := range rec.history.Arrivals {
		a := &rec.history.Arrivals[i]
		if mid := mids[a.Lane][a.Seq]; mid != "" {
			a.MID = mid // not every network's calls tell it
		}
		a.Stored = when(map[Way]string{Outbound: network, Inbound: topology.Platform}[a.Way], a.MID)
	}
	for i := range rec.history.Statuses {
		st := &rec.history.Statuses[i]
		st.Stored = when(topology.Platform, st.MID+" "+st.Value)
	}
}

// Told writes down a receipt of the network that the bridge took.
func (rec *Recorder) Told(t Told) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.history.Told = append(rec.history.Told, t)
}

// Struck counts a fault that struck.
func (rec *Recorder) Struck(f Fault) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.history.Faults[f]++
}

// Untried says that a fault that was asked for has not struck yet.
func (rec *Recorder) Untried() bool {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return slices.ContainsFunc(rec.history.Wanted, func(f Fault) bool { return rec.history.Faults[f] == 0 })
}

// Refused counts a call of POST /message that was not answered 200.
func (rec *Recorder) Refused() {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.history.Refused++
}

// Unfinished is how many messages have not arrived, and how many have no status at the platform.
func (rec *Recorder) Unfinished() (messages, receipts int) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	for _, seqs := range rec.open {
		messages += len(seqs)
	}
	return messages, len(rec.mids)
}

// Disrupt writes down the start of a disruption; the returned function its end.
func (rec *Recorder) Disrupt(d Disruption) (ready func()) {
	open, _ := rec.Unfinished()
	rec.mu.Lock()
	defer rec.mu.Unlock()
	d.At, d.Open = time.Now(), max(d.Open, open)
	i := len(rec.history.Disruptions)
	rec.history.Disruptions = append(rec.history.Disruptions, d)
	return func() {
		rec.mu.Lock()
		defer rec.mu.Unlock()
		rec.history.Disruptions[i].Until = time.Now()
	}
}

// Events is how much has been written, to see when nothing happens any more.
func (rec *Recorder) Events() int {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return len(rec.history.Accepted) + len(rec.history.Arrivals) + len(rec.history.Statuses) + len(rec.history.Told)
}

// Ask writes down that a disruption was asked for.
func (rec *Recorder) Ask(k Kind) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.history.Asked[k]++
}

// Snapshot is a copy of what is written.
func (rec *Recorder) Snapshot() *History {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	b := rec.history
	b.Accepted, b.Arrivals, b.Statuses = slices.Clone(b.Accepted), slices.Clone(b.Arrivals), slices.Clone(b.Statuses)
	b.Told, b.Disruptions = slices.Clone(b.Told), slices.Clone(b.Disruptions)
	b.Faults, b.Asked = maps.Clone(b.Faults), maps.Clone(b.Asked)
	return &b
}
