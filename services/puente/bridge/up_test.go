package bridge

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/services/egress/phone"
	"github.com/bonychat/puente/services/puente/networks"
)

// inChild is set where a test is run again by itself in a process that it may end.
const inChild = "PUENTE_TEST_CHILD"

// again runs a test again in a process of its own, with a folder for temporary files. It says how that ended.
func again(t *testing.T, temporary string) (status int, said string) {
	t.Helper()
	var out bytes.Buffer
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	c.Env = append(os.Environ(), inChild+"=1", "TMPDIR="+temporary)
	c.Stdout, c.Stderr = &out, &out
	_ = c.Run()
	return c.ProcessState.ExitCode(), out.String()
}

// anywhere is a demonstration on ports that are free.
func anywhere() Options {
	return Options{Networks: networks.Set{phone.Network}, Listen: "127.0.0.1:0", Internal: "127.0.0.1:0", EndWithin: time.Second}
}

// stuck is an output that nobody reads.
type stuck struct{ reached func() }

func (s stuck) Write([]byte) (int, error) {
	s.reached()
	select {}
}

func TestAGatewayThatHangsAtItsEndIsEnded(t *testing.T) {
	t.Parallel()
	if os.Getenv(inChild) != "" {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_ = Up(ctx, anywhere(), stuck{cancel})
		return
	}
	status, said := again(t, t.TempDir())
	if status != 1 || !strings.Contains(said, "within=1s") || !strings.Contains(said, "stuck.Write") {
		t.Errorf("status %d: %.2000s", status, said)
	}
}

// TestADemonstrationLeavesNothingBehind: not where it has run, and not where it could not start.
func TestADemonstrationLeavesNothingBehind(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for name, change := range map[string]func(*Options){
		"it runs":                     func(*Options) {},
		"its port is taken":           func(o *Options) { o.Listen = taken.Addr().String() },
		"its internal port is taken":  func(o *Options) { o.Internal = taken.Addr().String() },
		"its address cannot be":       func(o *Options) { o.Listen = "127.0.0.1:99999" },
		"its internal address is bad": func(o *Options) { o.Internal = "nowhere.invalid:1" },
	} {
		temporary := t.TempDir()
		t.Setenv("TMPDIR", temporary)
		o := anywhere()
		change(&o)
		ctx, cancel := context.WithCancel(t.Context())
		err := Up(ctx, o, once{cancel, io.Discard})
		cancel()
		if (err == nil) != (name == "it runs") {
			t.Errorf("%s: %v", name, err)
		}
		left, err := os.ReadDir(temporary)
		if err != nil || len(left) > 0 {
			t.Errorf("%s: %v is left, %v", name, left, err)
		}
	}
}

// once calls a function at the first word.
type once struct {
	call func()
	io.Writer
}

func (o once) Write(p []byte) (int, error) {
	o.call()
	return o.Writer.Write(p)
}
