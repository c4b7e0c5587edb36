package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/services/puente/bench/report"
)

// build builds the program that the bench measures.
func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "puente")
	out, err := exec.Command("go", "build", "-o", program, "github.com/bonychat/puente/services/puente").CombinedOutput()
	if err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return program
}

// TestAllIsMeasured runs everything, tiny: every row is there and holds a number that can be one. What the numbers are
// is the machine's, and no matter of a test.
func TestAllIsMeasured(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	t.Parallel()
	program := build(t) // which takes its time on a busy machine
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	var log bytes.Buffer
	found, err := Run(ctx, Options{
		Rounds: 1, Messages: 200, Contacts: 50, Channels: 2, Rate: 100, Sync: []string{syncInterval, syncAlways}, Replicas: 1,
		ManyChannels: 12, ManyContacts: 300, IdleChannels: 20, Backlog: 500, Stored: 300, Settle: time.Second, Within: 5 * time.Minute, Program: program,
	}, &log)
	t.Log(log.String())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found.Failed {
		t.Error("not measured:", f)
	}
	want := []string{
		"CPU per inbound message, bridge to floor|sync interval, 1 server", "CPU per inbound message, bridge to floor|sync always, 1 server",
		"CPU per message, bridge to floor|sync interval, 1 server", "p99 of POST /message, bridge to floor|sync interval, 1 server",
		"p50 end to end, nothing queued, bridge to floor|sync interval, 1 server",
		"CPU per message, bridge to floor|sync always, 1 server", "p99 of POST /message, bridge to floor|sync always, 1 server",
		"p50 end to end, nothing queued, bridge to floor|sync always, 1 server",
		"sends per second of one egress process, network 100 ms away|sync interval, 1 server",
		"CPU of the egress process per send|sync interval, 1 server",
		"memory per idle channel, broker included|sync interval, 1 server",
		"CPU of the first message to a quiet channel|sync interval, 1 server",
		"growth of CPU per message, 2 to 12 channels|sync interval, 1 server",
		"start of a bridge with 20 channels|sync interval, 1 server", "memory of it, broker included|sync interval, 1 server",
		"p99 end to end of 2 channels' first messages in a minute|sync interval, 1 server", "memory after them|sync interval, 1 server",
		"growth of CPU per message, 50 to 300 contacts|sync interval, 1 server",
		"p99 end to end of 100 channels, with 500 messages waiting in another|sync interval, 1 server",
		"broker memory per message carried|sync interval, 1 server", "broker disk per message carried|sync interval, 1 server",
		"broker disk held for one message a day|sync interval, 1 server",
	}
	rows := map[string]report.Row{}
	for _, r := range found.Rows {
		rows[r.Measure+"|"+r.Setup] = r
	}
	for _, key := range want {
		r, ok := rows[key]
		if !ok {
			t.Errorf("no row %q", key)
			continue
		}
		// memory is compared with itself before, and so little of it is noise: it may even fall
		sane := r.Value > 0 || strings.Contains(key, "memory")
		if !sane || math.IsNaN(r.Value) || math.IsInf(r.Value, 0) || r.N <= 0 || len(r.Rounds) != 1 {
			t.Errorf("%s: %+v", key, r)
		}
		if r.Of != "" && (r.Bridge <= 0 || r.Floor <= 0 || math.Abs(r.Value-r.Bridge/r.Floor) > 1e-9) {
			t.Errorf("%s: %v is not %v to %v", key, r.Value, r.Bridge, r.Floor)
		}
	}
	if len(found.Rows) != len(want) {
		t.Errorf("%d rows, want %d", len(found.Rows), len(want))
	}
	var table, machine bytes.Buffer
	found.Print(&table)
	if n := strings.Count(table.String(), "\n| "); n != len(want)+1 {
		t.Errorf("%d lines of the table, want %d:\n%s", n, len(want)+1, table.String())
	}
	if err := found.PrintJSON(&machine); err != nil {
		t.Fatal(err)
	}
	var back report.Report
	if err := json.Unmarshal(machine.Bytes(), &back); err != nil || len(back.Rows) != len(want) {
		t.Errorf("JSON with %d rows, %v", len(back.Rows), err)
	}
}

func TestAMeasureThatCannotBeTakenIsSaid(t *testing.T) {
	t.Parallel()
	found, err := Run(t.Context(), Options{
		Rounds: 1, Messages: 100, Contacts: 1, Channels: 1, Rate: 1, Sync: []string{syncInterval}, Replicas: 1, Only: []string{"cost"},
		ManyChannels: 2, ManyContacts: 2, IdleChannels: 10, Backlog: 100, Stored: 100, Settle: time.Second, Within: time.Minute, Program: "/does/not/exist",
	}, &bytes.Buffer{})
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Failed) != 1 || len(found.Rows) != 0 {
		t.Errorf("%d rows, failed: %v", len(found.Rows), found.Failed)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	good := Options{
		Rounds: 1, Messages: 100, Contacts: 10, Channels: 2, Rate: 1, Sync: []string{syncAlways}, Replicas: 1, ManyChannels: 3, ManyContacts: 11, IdleChannels: 10,
		Backlog: 100, Stored: 100, Settle: time.Second, Within: time.Minute,
	}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Options){
		"rounds": func(o *Options) { o.Rounds = 0 }, "messages": func(o *Options) { o.Messages = 1 }, "contacts": func(o *Options) { o.Contacts = 1 },
		"channels": func(o *Options) { o.Channels = 0 }, "rate": func(o *Options) { o.Rate = 0 }, "sync": func(o *Options) { o.Sync = []string{"never"} },
		"replicas": func(o *Options) { o.Replicas = 2 }, "only": func(o *Options) { o.Only = []string{"all"} }, "within": func(o *Options) { o.Within = 0 },
		"many-channels": func(o *Options) { o.ManyChannels = 2 }, "many-contacts": func(o *Options) { o.ManyContacts = 10 },
		"backlog": func(o *Options) { o.Backlog = 0 }, "stored": func(o *Options) { o.Stored = 0 }, "settle": func(o *Options) { o.Settle = 0 },
	} {
		o := good
		spoil(&o)
		if err := o.Validate(); err == nil || !strings.HasPrefix(err.Error(), name+": ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !good.wants("egress") {
		t.Error("what nobody chose from is not all wanted")
	}
	good.Only = []string{"cost"}
	if good.wants("egress") || !good.wants("cost") {
		t.Error("what was chosen is not what is wanted")
	}
}
