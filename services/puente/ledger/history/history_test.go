package history

import (
	"fmt"
	"slices"
	"time"
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
func sound() *History {
	b := &History{
		Faults: map[Fault]int{"phone: 5xx": 1}, Wanted: []Fault{"phone: 5xx"}, Healthy: map[Lane]bool{out: true, in: true},
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
			Arrival{Lane: out, Seq: seq, ID: "n" + mID, Send: sent(t+0.1, process)},
			Arrival{Lane: in, Seq: seq, ID: "i" + mID, Send: sent(t+0.1, process)})
		for i, value := range []string{"sent", "delivered"} {
			b.Statuses = append(b.Statuses, Status{MID: mID, Value: value, Send: sent(t+1+float64(i)/10, process)})
			b.Told = append(b.Told, Told{mID, value, at(t + 0.2)})
		}
	}
	return b
}

// sent is a call of a process whose outcome was stored soon.
func sent(t float64, process string) Send {
	return Send{Begun: at(t), At: at(t), Answered: at(t), Process: process, Stored: at(t + 0.01)}
}

// unstored has the outcome of a send stored after its repeat only.
func unstored(first, repeat *Arrival) {
	first.Stored = repeat.At.Add(time.Millisecond)
	repeat.Stored = first.Stored
}

// again repeats the arrival of a lane's message at a moment, in its place by time.
func again(b *History, l Lane, seq int, moment time.Time, change func(first, repeat *Arrival)) {
	i := slices.IndexFunc(b.Arrivals, func(a Arrival) bool { return a.Lane == l && a.Seq == seq })
	repeat := b.Arrivals[i]
	repeat.Begun, repeat.At, repeat.Answered = moment, moment, moment
	if change != nil {
		change(&b.Arrivals[i], &repeat)
	}
	b.Arrivals = append(b.Arrivals, repeat)
	slices.SortStableFunc(b.Arrivals, func(x, y Arrival) int { return x.At.Compare(y.At) })
}

func status(mID, value string, seconds float64) Status {
	return Status{MID: mID, Value: value, Send: sent(seconds, "up-1#1")}
}
