package check

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestAProgramIsReplacedWhileItRuns: by run.sh, as in a container of Tilt. It gets its arguments and its signals, and its status
// is the container's where it ends by itself.
func TestAProgramIsReplacedWhileItRuns(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	script, err := os.ReadFile(root + "/deploy/dev/run.sh")
	if err != nil {
		t.Fatal(err)
	}
	run := filepath.Join(folder, "run.sh")
	put := func(name, text string) {
		t.Helper()
		fresh := filepath.Join(folder, "fresh")
		if err := errors.Join(os.WriteFile(fresh, []byte(text), 0o755), os.Rename(fresh, filepath.Join(folder, name))); err != nil {
			t.Fatal(err)
		}
	}
	put("run.sh", string(script))
	put("program", "#!/bin/sh\ntrap 'echo first ends; exit 3' TERM\necho first \"$2\"\nwhile :; do sleep 0.05; done\n")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, run, "a", "b  c")
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	expect := func(want string) {
		t.Helper()
		if !lines.Scan() || lines.Text() != want {
			t.Fatalf("%q, want %q: %v", lines.Text(), want, lines.Err())
		}
	}
	expect("first b  c")
	put("program", "#!/bin/sh\ntrap 'exit 7' TERM\necho second \"$2\"\nwhile :; do sleep 0.05; done\n")
	if err := exec.CommandContext(ctx, run, "again").Run(); err != nil {
		t.Fatal(err)
	}
	expect("first ends")
	expect("second b  c")
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
	}
	var ended *exec.ExitError
	if err := c.Wait(); !errors.As(err, &ended) || ended.ExitCode() != 7 {
		t.Errorf("%v, want the program's status 7", err)
	}
}
