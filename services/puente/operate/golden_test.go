package operate

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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

// ask has an operator ask the bridge of a test, and is all that was written, with the status at its end.
func answered(bridge *operatetest.Server, out render.Output, call func(context.Context, Operator) error) string {
	var stdout, stderr bytes.Buffer
	out.Out, out.Err, out.Now = &stdout, &stderr, operatetest.Now
	err := call(context.Background(), Operator{Client: NewClient(Place{URL: bridge.URL, Token: operatetest.Token}), Output: out})
	said, status := stdout.String(), OK
	if stderr.Len() > 0 {
		said += "-- stderr\n" + stderr.String()
	}
	if err != nil {
		status = Failed
		if e, ok := errors.AsType[*Exit](err); ok {
			status = e.Status
		}
		if err.Error() != "" {
			said += "-- error\n" + err.Error() + "\n"
		}
	}
	return said + fmt.Sprintf("-- status %d\n", status)
}

// questions are all commands that ask a bridge, by their names.
var questions = map[string]func(context.Context, Operator) error{
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
				for line := range strings.Lines(narrow) {
					if n := len([]rune(line)) - 1; n > 80 && l == render.English && strings.Count(line, "  ") == 0 && !strings.Contains(line, "-- ") {
						t.Logf("%d columns: %s", n, line)
					}
				}
			}
			golden(t, name+".json", answered(bridge, render.Output{Words: render.In(render.English), JSON: true}, ask))
		})
	}
}
