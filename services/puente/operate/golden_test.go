package operate_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/operate/calls"
	"github.com/bonychat/puente/services/puente/operate/changes"
	"github.com/bonychat/puente/services/puente/operate/channels"
	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/operate/failures"
	"github.com/bonychat/puente/services/puente/operate/messages"
	"github.com/bonychat/puente/services/puente/operate/operatetest"
	"github.com/bonychat/puente/services/puente/operate/system"
	"github.com/bonychat/puente/services/puente/render"
)

var update = flag.Bool("update", false, "write the golden files of testdata anew")

// golden compares with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: go test -run %s -update writes it", err, t.Name())
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}

// answered has an operator ask the bridge of a test, and is all that was written, with the status at its end.
func answered(bridge *operatetest.Server, out render.Output, call op) string {
	var stdout, stderr bytes.Buffer
	out.Out, out.Err, out.Now = &stdout, &stderr, operatetest.Now
	err := call(context.Background(), operate.Operator{Client: api.NewClient(api.Place{URL: bridge.URL, Token: operatetest.Token}), Output: out})
	said, status := stdout.String(), exit.OK
	if stderr.Len() > 0 {
		said += "-- stderr\n" + stderr.String()
	}
	if err != nil {
		status = exit.Failed
		if e, ok := errors.AsType[*exit.Error](err); ok {
			status = e.Status
		}
		if err.Error() != "" {
			said += "-- error\n" + err.Error() + "\n"
		}
	}
	return said + fmt.Sprintf("-- status %d\n", status)
}

// op is one question or order.
type op = func(context.Context, operate.Operator) error

// questions are all commands that ask a bridge, by their names.
var questions = map[string]op{
	"where-one": func(ctx context.Context, o operate.Operator) error {
		return messages.Where(ctx, o, operatetest.Waits, messages.WhereOptions{})
	},
	"where-parts": func(ctx context.Context, o operate.Operator) error {
		return messages.Where(ctx, o, operatetest.WasRead, messages.WhereOptions{})
	},
	"where-contact": func(ctx context.Context, o operate.Operator) error {
		return messages.Where(ctx, o, operatetest.Contact, messages.WhereOptions{})
	},
	"where-receipt": func(ctx context.Context, o operate.Operator) error {
		return messages.Where(ctx, o, operatetest.Receipt[:12], messages.WhereOptions{})
	},
	"where-nothing": func(ctx context.Context, o operate.Operator) error {
		return messages.Where(ctx, o, "nobody", messages.WhereOptions{})
	},
	"where-nochannel": func(ctx context.Context, o operate.Operator) error {
		return messages.Where(ctx, o, "x", messages.WhereOptions{Channel: "nobody"})
	},
	"status":         func(ctx context.Context, o operate.Operator) error { return system.Status(ctx, o) },
	"channels":       func(ctx context.Context, o operate.Operator) error { return channels.List(ctx, o, "", false) },
	"channel":        func(ctx context.Context, o operate.Operator) error { return channels.Show(ctx, o, "tienda-whatsapp") },
	"channel-nobody": func(ctx context.Context, o operate.Operator) error { return channels.Show(ctx, o, "nobody") },
	"failures": func(ctx context.Context, o operate.Operator) error {
		return failures.List(ctx, o, failures.Chosen{}, 100)
	},
	"failures-more": func(ctx context.Context, o operate.Operator) error {
		return failures.List(ctx, o, failures.Chosen{}, 2)
	},
	"failures-by": func(ctx context.Context, o operate.Operator) error {
		return failures.Summarize(ctx, o, failures.Chosen{})
	},
	"failures-kind": func(ctx context.Context, o operate.Operator) error {
		return failures.List(ctx, o, failures.Chosen{Kind: "receipt"}, 100)
	},
	"failures-wrong": func(ctx context.Context, o operate.Operator) error {
		return failures.List(ctx, o, failures.Chosen{Fault: "nobody"}, 100)
	},
	"failures-resent": func(ctx context.Context, o operate.Operator) error {
		return failures.Resent(ctx, o, failures.Chosen{}, 100)
	},
	"dead": func(ctx context.Context, o operate.Operator) error {
		return failures.Dead(ctx, o, failures.Chosen{}, 100)
	},
	"dead-show":    func(ctx context.Context, o operate.Operator) error { return failures.ShowDead(ctx, o, 9, false) },
	"dead-content": func(ctx context.Context, o operate.Operator) error { return failures.ShowDead(ctx, o, 9, true) },
	"dead-none":    func(ctx context.Context, o operate.Operator) error { return failures.ShowDead(ctx, o, 1000, false) },
	"discard": func(ctx context.Context, o operate.Operator) error {
		return failures.Discard(ctx, o, failures.Chosen{Number: 9}, "test", false, false)
	},
	"discard-many": func(ctx context.Context, o operate.Operator) error {
		return failures.Discard(ctx, o, failures.Chosen{Reason: "x"}, "test", false, false)
	},
	"replay": func(ctx context.Context, o operate.Operator) error {
		return failures.Replay(ctx, o, failures.Chosen{Reason: "x"}, failures.ReplayOptions{Wait: time.Minute})
	},
	"replay-dry": func(ctx context.Context, o operate.Operator) error {
		return failures.Replay(ctx, o, failures.Chosen{}, failures.ReplayOptions{All: true, DryRun: true})
	},
	"replay-ids": func(ctx context.Context, o operate.Operator) error {
		return failures.Replay(ctx, o, failures.Chosen{Keys: []string{operatetest.Receipt}}, failures.ReplayOptions{DryRun: true})
	},
	"replay-what": func(ctx context.Context, o operate.Operator) error {
		return failures.Replay(ctx, o, failures.Chosen{}, failures.ReplayOptions{})
	},
	"pause": func(ctx context.Context, o operate.Operator) error {
		return channels.Pause(ctx, o, "tienda-whatsapp", 30*time.Minute, "token rotation")
	},
	"resume":        func(ctx context.Context, o operate.Operator) error { return channels.Resume(ctx, o, "tienda-whatsapp") },
	"check":         func(ctx context.Context, o operate.Operator) error { return channels.Check(ctx, o, "tienda-telegram") },
	"check-bad":     func(ctx context.Context, o operate.Operator) error { return channels.Check(ctx, o, "tienda-twilio") },
	"check-unknown": func(ctx context.Context, o operate.Operator) error { return channels.Check(ctx, o, "tienda-whatsapp") },
	"calls": func(ctx context.Context, o operate.Operator) error {
		return calls.List(ctx, o, calls.Options{Network: "telegram", Limit: 100})
	},
	"call":        func(ctx context.Context, o operate.Operator) error { return calls.Show(ctx, o, "telegram", 102) },
	"call-nobody": func(ctx context.Context, o operate.Operator) error { return calls.Show(ctx, o, "telegram", 1) },
	"audit-previews": func(ctx context.Context, o operate.Operator) error {
		return system.Audit(ctx, o, system.AuditOptions{Limit: 100, Previews: true})
	},
	"audit": func(ctx context.Context, o operate.Operator) error {
		return system.Audit(ctx, o, system.AuditOptions{Limit: 100})
	},
	"calls-refused": func(ctx context.Context, o operate.Operator) error { return calls.Refused(ctx, o, calls.Options{}) },
	"calls-replay": func(ctx context.Context, o operate.Operator) error {
		return calls.Replay(ctx, o, calls.Options{Channel: "tienda-telegram", Since: time.Hour}, true, "")
	},
	"calls-nobody": func(ctx context.Context, o operate.Operator) error {
		return calls.List(ctx, o, calls.Options{Channel: "nobody", Limit: 100})
	},
	"diff": func(ctx context.Context, o operate.Operator) error {
		return changes.Diff(ctx, o, []byte("channels: []"))
	},
	"tail": func(ctx context.Context, o operate.Operator) error {
		return messages.Tail(ctx, o, "tienda-telegram", false)
	},
}

// Each answer in both languages, in a pipe and in a terminal of 80 columns, and for machines.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for name, ask := range questions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bridge := operatetest.Start(t)
			for _, l := range []render.Language{render.English, render.Spanish} {
				wide := answered(bridge, render.Output{Words: render.In(l)}, ask)
				narrow := answered(bridge, render.Output{Words: render.In(l), Width: 80}, ask)
				golden(t, fmt.Sprintf("%s.%s.txt", name, l), wide+"== 80 columns\n"+narrow)
			}
			golden(t, name+".json", answered(bridge, render.Output{Words: render.In(render.English), JSON: true}, ask))
		})
	}
}
