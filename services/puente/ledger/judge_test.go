package ledger

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func at(seconds float64) time.Time {
	return epoch.Add(time.Duration(seconds * float64(time.Second)))
}

var (
	out = Lane{Outbound, "c0", "p0"}
	in  = Lane{Inbound, "c0", "p0"}
)

// sound is a book in which all is as it must be: ten messages each way, one a second, a kill at the fifth.
func sound() *Book {
	b := &Book{
		Faults: map[Fault]int{phoneBroken: 1}, Wanted: []Fault{phoneBroken}, Healthy: map[Lane]bool{out: true, in: true},
		Asked:       map[Kind]int{Kill: 1},
		Disruptions: []Disruption{{Kind: Kill, Process: "up-1#1", At: at(5.5), Until: at(6), Open: 1}},
	}
	for seq := 1; seq <= 10; seq++ {
		mID, t := fmt.Sprintf("m%d", seq), float64(seq)
		process := "up-1#1"
		if seq > 5 {
			process = "up-1#2"
		}
		b.Accepted = append(b.Accepted, Accepted{Lane: out, Seq: seq, At: at(t), MID: mID}, Accepted{Lane: in, Seq: seq, At: at(t)})
		b.Arrivals = append(b.Arrivals,
			Arrival{Lane: out, Seq: seq, Begun: at(t + 0.1), At: at(t + 0.1), ID: "n" + mID, Process: process},
			Arrival{Lane: in, Seq: seq, Begun: at(t + 0.1), At: at(t + 0.1), ID: "i" + mID, Process: process})
		for i, value := range []string{"sent", "delivered"} {
			moment := at(t + 1 + float64(i)/10)
			b.Statuses = append(b.Statuses, Status{MID: mID, Value: value, Begun: moment, At: moment, Process: process})
			b.Told = append(b.Told, Told{mID, value})
		}
	}
	return b
}

// again repeats the arrival of a lane's message at a moment, in its place by time.
func again(b *Book, l Lane, seq int, moment time.Time, change func(first, repeat *Arrival)) {
	i := slices.IndexFunc(b.Arrivals, func(a Arrival) bool { return a.Lane == l && a.Seq == seq })
	repeat := b.Arrivals[i]
	repeat.Begun, repeat.At = moment, moment
	if change != nil {
		change(&b.Arrivals[i], &repeat)
	}
	b.Arrivals = append(b.Arrivals, repeat)
	slices.SortStableFunc(b.Arrivals, func(x, y Arrival) int { return x.At.Compare(y.At) })
}

func status(mID, value string, seconds float64) Status {
	return Status{MID: mID, Value: value, Begun: at(seconds), At: at(seconds), Process: "up-1#1"}
}

// TestJudge breaks a sound book in one way at a time: the judge must see each, and nothing else.
func TestJudge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spoil func(b *Book)
		want  []string // how each line of what is broken begins
	}{
		{name: "sound", spoil: func(*Book) {}},

		{name: "a message outbound is lost", want: []string{"1 lost outbound"}, spoil: func(b *Book) {
			b.Arrivals = slices.DeleteFunc(b.Arrivals, func(a Arrival) bool { return a.Lane == out && a.Seq == 4 })
		}},
		{name: "a whole lane is lost", want: []string{"10 lost inbound"}, spoil: func(b *Book) {
			b.Arrivals = slices.DeleteFunc(b.Arrivals, func(a Arrival) bool { return a.Lane == in })
		}},
		{name: "two change places", want: []string{"1 out of order outbound"}, spoil: func(b *Book) {
			b.Arrivals[6].Seq, b.Arrivals[8].Seq = b.Arrivals[8].Seq, b.Arrivals[6].Seq
		}},
		{name: "what was not accepted has no order", spoil: func(b *Book) {
			b.Accepted = slices.DeleteFunc(b.Accepted, func(a Accepted) bool { return a.Lane == out && a.Seq == 4 })
			b.Arrivals[6].Seq, b.Arrivals[8].Seq = b.Arrivals[8].Seq, b.Arrivals[6].Seq
		}},
		{name: "nothing was sent", want: []string{"nothing was accepted outbound", "nothing was accepted inbound"}, spoil: func(b *Book) {
			b.Accepted, b.Arrivals, b.Statuses = nil, nil, nil
		}},

		{name: "doubled without a cause", want: []string{"1 doubled outbound, unexplained"}, spoil: func(b *Book) {
			again(b, out, 2, at(2.5), nil)
		}},
		{name: "doubled after a lost answer", spoil: func(b *Book) {
			again(b, out, 2, at(2.5), func(first, _ *Arrival) { first.Unanswered = true })
		}},
		{name: "doubled after a lost answer that the network's key covers", spoil: func(b *Book) {
			b.Idempotency = true
			again(b, out, 2, at(2.5), func(first, _ *Arrival) { first.Unanswered = true })
		}, want: []string{"1 doubled outbound, after a lost answer, though the network honours the key"}},
		{name: "in flight at the kill", spoil: func(b *Book) { again(b, out, 5, at(5.9), nil) }},
		{name: "in flight at the kill of another process", want: []string{"1 doubled outbound, unexplained"}, spoil: func(b *Book) {
			b.Disruptions[0].Process = "egress-phone-2#1"
			again(b, out, 5, at(5.9), nil)
		}},
		{name: "twice for one kill", want: []string{"1 doubled outbound, unexplained"}, spoil: func(b *Book) {
			again(b, out, 5, at(5.8), nil)
			again(b, out, 5, at(5.9), nil)
		}},
		{name: "finished long before the kill", want: []string{"1 doubled outbound, unexplained"}, spoil: func(b *Book) {
			b.Disruptions[0].At = at(5.1 + inFlight.Seconds() + 0.1)
			again(b, out, 5, at(10.9), nil)
			b.Accepted = slices.DeleteFunc(b.Accepted, func(a Accepted) bool { return a.Seq > 5 })
			b.Arrivals = slices.DeleteFunc(b.Arrivals, func(a Arrival) bool { return a.Seq > 5 })
		}},
		{name: "the head is doubled after what follows it", want: []string{"1 out of order outbound"}, spoil: func(b *Book) {
			again(b, out, 5, at(6.5), nil)
		}},
		{name: "doubled at a hand-over", want: []string{"1 doubled inbound, at a hand-over"}, spoil: func(b *Book) {
			b.Disruptions = append(b.Disruptions, Disruption{Kind: Roll, Process: "up-1#1", At: at(3.2), Until: at(3.4)})
			again(b, in, 3, at(3.3), nil)
		}},
		{name: "a frozen process sends what another has sent", spoil: func(b *Book) {
			b.Disruptions = append(b.Disruptions, Disruption{Kind: Pause, Process: "egress-phone-1#1", At: at(1), Until: at(8)})
			again(b, out, 6, at(8.1), func(_, repeat *Arrival) { repeat.Process = "egress-phone-1#1" })
		}},
		{name: "doubled by an election", spoil: func(b *Book) {
			b.Disruptions = append(b.Disruptions, Disruption{Kind: NodeKill, Process: "nats-1#1", At: at(1), Until: at(3)})
			again(b, out, 3, at(3.5), nil)
		}},
		{name: "the platform gets it under another id", spoil: func(b *Book) {
			again(b, in, 2, at(2.5), func(first, repeat *Arrival) { first.Unanswered, repeat.ID = true, "other" })
		}, want: []string{"1 doubled inbound under another id"}},

		{name: "a receipt goes backwards", want: []string{"1 receipts going backwards"}, spoil: func(b *Book) {
			b.Statuses[0], b.Statuses[1] = b.Statuses[1], b.Statuses[0]
		}},
		{name: "failed after delivered", want: []string{"1 receipts going backwards"}, spoil: func(b *Book) {
			b.Statuses = append(b.Statuses, status("m1", failed, 3))
			b.Told = append(b.Told, Told{"m1", failed})
		}},
		{name: "delivered after failed", want: []string{"1 receipts going backwards"}, spoil: func(b *Book) {
			b.Statuses[1].Value = failed
			b.Statuses = append(b.Statuses, status("m1", "delivered", 3))
			b.Told = append(b.Told, Told{"m1", failed})
		}},
		{name: "a receipt is repeated", want: []string{"1 receipts repeated, unexplained"}, spoil: func(b *Book) {
			b.Statuses = append(b.Statuses, status("m1", "delivered", 2.3))
		}},
		{name: "a receipt is repeated after a lost answer", spoil: func(b *Book) {
			b.Statuses[1].Unanswered = true
			b.Statuses = append(b.Statuses, status("m1", "delivered", 2.3))
		}},
		{name: "a message has no receipt", want: []string{"1 messages without their receipts"}, spoil: func(b *Book) {
			b.Statuses = slices.DeleteFunc(b.Statuses, func(s Status) bool { return s.MID == "m3" })
		}},
		{name: "the last receipt is lost", want: []string{"1 messages without their receipts"}, spoil: func(b *Book) {
			b.Told = append(b.Told, Told{"m3", "read"})
		}},
		{name: "a failure is not told", want: []string{"1 messages without their receipts"}, spoil: func(b *Book) {
			b.Told = append(slices.DeleteFunc(b.Told, func(t Told) bool { return t.MID == "m3" }), Told{"m3", "sent"}, Told{"m3", failed})
			b.Statuses = slices.DeleteFunc(b.Statuses, func(s Status) bool { return s.MID == "m3" && s.Value == "delivered" })
		}},
		{name: "a failure is told that nobody saw", want: []string{"1 messages without their receipts"}, spoil: func(b *Book) {
			b.Statuses = append(slices.DeleteFunc(b.Statuses, func(s Status) bool { return s.MID == "m3" }), status("m3", failed, 4))
		}},

		{name: "a healthy contact waits", want: []string{"a healthy contact waited 10s (undisturbed)"}, spoil: func(b *Book) {
			b.Disruptions, b.Asked = nil, nil
			b.Arrivals[len(b.Arrivals)-1].At = at(20)
		}},
		{name: "a healthy contact waits long after a kill", want: []string{"a healthy contact waited 9.5s (kill)"}, spoil: func(b *Book) {
			b.Arrivals[len(b.Arrivals)-1].At = at(19.5)
			b.Disruptions[0].At, b.Disruptions[0].Until = at(10), at(11)
		}},
		{name: "a contact with faults waits", spoil: func(b *Book) {
			b.Healthy = map[Lane]bool{out: true}
			b.Arrivals[len(b.Arrivals)-1].At = at(60)
		}},

		{name: "a kill did not happen", want: []string{"0 of 1 asked for happened: kill"}, spoil: func(b *Book) { b.Disruptions = nil }},
		{name: "a kill hit nothing", want: []string{"nothing was under way at any kill"}, spoil: func(b *Book) { b.Disruptions[0].Open = 0 }},
		{name: "a fault did not happen", want: []string{"a fault that was asked for did not happen: phone: 5xx"}, spoil: func(b *Book) { b.Faults = nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := sound()
			c.spoil(b)
			v := b.Judge()
			got := v.Complaints()
			if len(got) == len(c.want) {
				for i, want := range c.want {
					if strings.HasPrefix(got[i], want) {
						got[i] = want
					}
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheSeedReproducesTheSchedule(t *testing.T) {
	t.Parallel()
	o := Options{Messages: 2000, Contacts: 40, Channels: 4, Kills: 5, Pauses: 2, Rolls: 1, Nodes: 2, Layout: Cluster, Seed: 3}
	if diff := cmp.Diff(o.plan(), o.plan()); diff != "" {
		t.Error(diff)
	}
	other := o
	other.Seed = 4
	if cmp.Equal(o.plan(), other.plan()) {
		t.Error("another seed gives the same schedule")
	}
	for i := range 100 {
		if a, b := dice(3).fault(phoneFaults, out, i), dice(3).fault(phoneFaults, out, i); a != b {
			t.Errorf("message %d: %q and %q", i, a, b)
		}
	}
}
