package service

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/topology"
)

// asProgram makes the test's binary the program of a service that waits for its first signal, says so, and goes on.
const asProgram = "PUENTE_TEST_PROGRAM"

func TestMain(m *testing.M) {
	switch mode := os.Getenv(asProgram); mode {
	case "main":
		Main("toy", func(context.Context, Env) error { return errors.New("not expected") })
		os.Exit(0)
	case "overdue", "in time":
		ctx, cancel := context.WithCancel(context.Background())
		ended := Overdue(ctx, func() time.Duration { return 50 * time.Millisecond })
		cancel()
		if mode == "overdue" {
			time.Sleep(30 * time.Second)
		}
		ended()
		time.Sleep(200 * time.Millisecond)
		os.Exit(3)
	case "log":
		logger := Logger(&config.Config{Log: config.Log{Format: config.JSON}})
		log.Print("http: a library speaks\nin two lines")
		err := Logged(config.Log{Format: config.JSON}, logger, errors.New("the end"))
		if !IsLogged(fmt.Errorf("command: %w", err)) || IsLogged(errors.New("another")) || Logged(config.Log{Format: config.Text}, logger, io.EOF) != io.EOF {
			os.Exit(1)
		}
		os.Exit(0)
	case "signals":
		ctx, stop := Signals()
		defer stop()
		fmt.Println("ready")
		<-ctx.Done()
		fmt.Println("stopping")
		select {}
	}
	os.Exit(m.Run())
}

func program(t *testing.T, mode string, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], args...)
	c.Env = append(os.Environ(), asProgram+"="+mode)
	return c
}

func TestAProgramsExitStatusSaysWhatWasWrong(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		args   []string
		status int
		says   string
	}{
		{"help", []string{"-h"}, 0, "\n  --internal address\n"},
		{"an unknown flag", []string{"-tokem", "x"}, 2, "flag provided but not defined: -tokem"},
		{"an argument", []string{"up"}, 2, `unexpected argument: "up"`},
		{"the version", []string{"-version", "-f", "none.yaml"}, 0, "built with go1."},
		{"no file", []string{"-f", "none.yaml"}, 1, "toy: read configuration: open none.yaml"},
		{"two dashes", []string{"--version"}, 0, "built with go1."},
	} {
		var out bytes.Buffer
		c := program(t, "main", test.args...)
		c.Stdout, c.Stderr = &out, &out
		err := c.Run()
		if c.ProcessState.ExitCode() != test.status || !strings.Contains(out.String(), test.says) {
			t.Errorf("%s: %v, status %d: %s", test.name, err, c.ProcessState.ExitCode(), out.String())
		}
	}
}

func TestASecondSignalKills(t *testing.T) {
	t.Parallel()
	c := program(t, "signals")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	expect := func(want string) {
		line := make([]byte, len(want)+1)
		if _, err := io.ReadFull(out, line); err != nil || string(line) != want+"\n" {
			t.Fatalf("%q, %v", line, err)
		}
	}
	expect("ready")
	_ = c.Process.Signal(syscall.SIGTERM)
	expect("stopping")
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	for deadline := time.After(20 * time.Second); ; {
		_ = c.Process.Signal(syscall.SIGTERM)
		select {
		case <-done:
			if s, ok := c.ProcessState.Sys().(syscall.WaitStatus); !ok || s.Signal() != syscall.SIGTERM {
				t.Errorf("ended otherwise: %v", c.ProcessState)
			}
			return
		case <-deadline:
			t.Fatal("a second signal is swallowed")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestALogOfRecordsHoldsNothingElse(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	c := program(t, "log")
	c.Stdout, c.Stderr = &out, &out
	if err := c.Run(); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	var got []string
	for line := range strings.Lines(out.String()) {
		var record struct{ Level, Msg, Err string }
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Errorf("no record: %s", line)
		}
		got = append(got, record.Level+" "+record.Msg+record.Err)
	}
	if diff := cmp.Diff([]string{"WARN http: a library speaks\nin two lines", "ERROR ended by an errorthe end"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAProgramThatHangsAtItsEndIsEnded(t *testing.T) {
	t.Parallel()
	for mode, status := range map[string]int{"overdue": 1, "in time": 3} {
		var out bytes.Buffer
		c := program(t, mode)
		c.Stderr = &out
		_ = c.Run()
		if c.ProcessState.ExitCode() != status {
			t.Errorf("%s: status %d: %s", mode, c.ProcessState.ExitCode(), out.String())
		}
		if said := strings.Contains(out.String(), "not ended in time within=50ms") && strings.Contains(out.String(), "service.TestMain"); said != (status == 1) {
			t.Errorf("%s: %s", mode, out.String())
		}
	}
}

// written is a configuration file.
func written(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "puente.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestWrongFlagsAreToldFromHelp(t *testing.T) {
	t.Parallel()
	never := func(context.Context, Env) error { return errors.New("run") }
	if err := main("toy", []string{"-h"}, never); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("help: %v", err)
	}
	if err := main("toy", []string{"-x"}, never); !errors.Is(err, errFlags) {
		t.Errorf("an unknown flag: %v", err)
	}
	if err := main("toy", []string{"-f", "a", "b"}, never); !errors.Is(err, errFlags) {
		t.Errorf("an argument: %v", err)
	}
	if err := main("toy", []string{"-f", written(t, "nats: {url: \"\"}")}, never); err == nil || !strings.Contains(err.Error(), "nats.url is required") {
		t.Errorf("no broker: %v", err)
	}
	taken := opened(t).Addr().String()
	file := written(t, "nats: {url: \"nats://127.0.0.1:1\"}")
	if err := main("toy", []string{"-f", file, "-internal", taken}, never); err == nil || !strings.Contains(err.Error(), taken+" is in use") {
		t.Errorf("a port that is taken: %v", err)
	}
	lost := written(t, "nats: {url: \"nats://127.0.0.1:1\", credentials: none.creds}")
	if err := main("toy", []string{"-f", lost, "-internal", free(t)}, never); err == nil || !strings.Contains(err.Error(), "none.creds") {
		t.Errorf("credentials that are not there: %v", err)
	}
}

func TestAServiceRunsInItsEnvironment(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t)
	internal, listen := free(t), free(t)
	file := written(t, fmt.Sprintf("nats: {url: %q}\nlog: {level: error}\n", s.URL()))
	ran := false
	err := main("toy", []string{"-f", file, "-internal", internal, "-listen", listen}, func(ctx context.Context, env Env) error {
		ran = true
		if env.Config.Listen != listen || env.Config.Internal != internal {
			t.Errorf("listens on %s and %s", env.Config.Listen, env.Config.Internal)
		}
		if status, text := ready(t, internal); status != 503 || !strings.Contains(text, "starting") {
			t.Errorf("before it has started: %d %s", status, text)
		}
		env.Started()
		if status, text := ready(t, internal); status != 200 {
			t.Errorf("after it has started: %d %s", status, text)
		}
		env.Health.Add("policies", func(context.Context) error { return errors.New("not known yet") })
		if status, text := ready(t, internal); status != 503 || !strings.Contains(text, "not known yet") {
			t.Errorf("with a check of its own: %d %s", status, text)
		}
		_, span := env.Tracer.Start(ctx, "test")
		span.End()
		env.Log.Info("not written")
		return env.Bus.Ready(ctx, topology.Messages.Name)
	})
	if err != nil || !ran {
		t.Errorf("%v, %t", err, ran)
	}
}

func TestWhatAServiceReturnsIsItsEnd(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t)
	file := written(t, fmt.Sprintf("nats: {url: %q}\nlog: {level: error}\n", s.URL()))
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"nothing": {nil, ""}, "a stop": {fmt.Errorf("take unit: %w", context.Canceled), ""}, "an error": {errors.New("boom"), "boom"},
	} {
		err := main("toy", []string{"-f", file, "-internal", free(t)}, func(context.Context, Env) error { return test.err })
		if (err == nil) != (test.want == "") || err != nil && err.Error() != test.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryFormatHasALogger(t *testing.T) {
	t.Parallel()
	for _, format := range []config.Format{"text", "json"} {
		if Logger(&config.Config{Log: config.Log{Format: format}}) == nil {
			t.Error("no logger")
		}
	}
}
