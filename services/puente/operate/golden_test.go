package operate

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

	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/operate/operatetest"
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
func answered(bridge *operatetest.Server, out render.Output, call func(context.Context, Operator) error) string {
	var stdout, stderr bytes.Buffer
	out.Out, out.Err, out.Now = &stdout, &stderr, operatetest.Now
	err := call(context.Background(), Operator{Client: api.NewClient(api.Place{URL: bridge.URL, Token: operatetest.Token}), Output: out})
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
type op = func(context.Context, Operator) error

// questions are all commands that ask a bridge, by their names.
var questions = map[string]op{
	"where-one":     func(ctx context.Context, o Operator) error { return o.Where(ctx, operatetest.Waits, WhereOptions{}) },
	"where-parts":   func(ctx context.Context, o Operator) error { return o.Where(ctx, operatetest.WasRead, WhereOptions{}) },
	"where-contact": func(ctx context.Context, o Operator) error { return o.Where(ctx, operatetest.Contact, WhereOptions{}) },
	"where-receipt": func(ctx context.Context, o Operator) error {
		return o.Where(ctx, operatetest.Receipt[:12], WhereOptions{})
	},
	"where-nothing":   func(ctx context.Context, o Operator) error { return o.Where(ctx, "nobody", WhereOptions{}) },
	"where-nochannel": func(ctx context.Context, o Operator) error { return o.Where(ctx, "x", WhereOptions{Channel: "nobody"}) },
	"status":          func(ctx context.Context, o Operator) error { return o.Status(ctx) },
	"channels":        func(ctx context.Context, o Operator) error { return o.ListChannels(ctx, "", false) },
	"channel":         func(ctx context.Context, o Operator) error { return o.ShowChannel(ctx, "tienda-whatsapp") },
	"channel-nobody":  func(ctx context.Context, o Operator) error { return o.ShowChannel(ctx, "nobody") },
	"failures":        func(ctx context.Context, o Operator) error { return o.ListFailures(ctx, Chosen{}, 100) },
	"failures-more":   func(ctx context.Context, o Operator) error { return o.ListFailures(ctx, Chosen{}, 2) },
	"failures-by":     func(ctx context.Context, o Operator) error { return o.SummarizeFailures(ctx, Chosen{}) },
	"failures-kind":   func(ctx context.Context, o Operator) error { return o.ListFailures(ctx, Chosen{Kind: "receipt"}, 100) },
	"failures-wrong":  func(ctx context.Context, o Operator) error { return o.ListFailures(ctx, Chosen{Fault: "nobody"}, 100) },
	"failures-resent": func(ctx context.Context, o Operator) error { return o.ListResent(ctx, Chosen{}, 100) },
	"dead":            func(ctx context.Context, o Operator) error { return o.ListDead(ctx, Chosen{}, 100) },
	"dead-show":       func(ctx context.Context, o Operator) error { return o.ShowDead(ctx, 9, false) },
	"dead-content":    func(ctx context.Context, o Operator) error { return o.ShowDead(ctx, 9, true) },
	"dead-none":       func(ctx context.Context, o Operator) error { return o.ShowDead(ctx, 1000, false) },
	"discard": func(ctx context.Context, o Operator) error {
		return o.Discard(ctx, Chosen{Number: 9}, "test", false, false)
	},
	"discard-many": func(ctx context.Context, o Operator) error {
		return o.Discard(ctx, Chosen{Reason: "x"}, "test", false, false)
	},
	"replay": func(ctx context.Context, o Operator) error {
		return o.Replay(ctx, Chosen{Reason: "x"}, ReplayOptions{Wait: time.Minute})
	},
	"replay-dry": func(ctx context.Context, o Operator) error {
		return o.Replay(ctx, Chosen{}, ReplayOptions{All: true, DryRun: true})
	},
	"replay-what": func(ctx context.Context, o Operator) error { return o.Replay(ctx, Chosen{}, ReplayOptions{}) },
	"pause": func(ctx context.Context, o Operator) error {
		return o.Pause(ctx, "tienda-whatsapp", 30*time.Minute, "token rotation")
	},
	"resume":        func(ctx context.Context, o Operator) error { return o.Resume(ctx, "tienda-whatsapp") },
	"check":         func(ctx context.Context, o Operator) error { return o.Check(ctx, "tienda-telegram") },
	"check-bad":     func(ctx context.Context, o Operator) error { return o.Check(ctx, "tienda-twilio") },
	"check-unknown": func(ctx context.Context, o Operator) error { return o.Check(ctx, "tienda-whatsapp") },
	"calls": func(ctx context.Context, o Operator) error {
		return o.ListCalls(ctx, CallsOptions{Network: "telegram", Limit: 100})
	},
	"audit":         func(ctx context.Context, o Operator) error { return o.ListAudit(ctx, AuditOptions{Limit: 100}) },
	"calls-refused": func(ctx context.Context, o Operator) error { return o.ListRefused(ctx, CallsOptions{}) },
	"calls-replay": func(ctx context.Context, o Operator) error {
		return o.ReplayCalls(ctx, CallsOptions{Channel: "tienda-telegram", Since: time.Hour}, true, "")
	},
	"calls-nobody": func(ctx context.Context, o Operator) error {
		return o.ListCalls(ctx, CallsOptions{Channel: "nobody", Limit: 100})
	},
	"diff": func(ctx context.Context, o Operator) error { return o.Diff(ctx, []byte("channels: []")) },
	"tail": func(ctx context.Context, o Operator) error { return o.Tail(ctx, "tienda-telegram", false) },
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
