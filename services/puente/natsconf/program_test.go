package natsconf_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/services/puente/builtin"
	"github.com/bonychat/puente/services/puente/networks"
)

// A process of these tests with these variables is a service, and no test.
const (
	programName = "PUENTE_TEST_SERVICE"
	programFile = "PUENTE_TEST_FILE"
)

func TestMain(m *testing.M) {
	name := os.Getenv(programName)
	if name == "" {
		os.Exit(m.Run())
	}
	cfg, err := config.Load(os.Getenv(programFile), networks.Set(builtin.Networks()).Known())
	if err == nil {
		err = service.Start(context.Background(), name, nil, cfg, slog.New(slog.DiscardHandler), service.NewHealth(), func(ctx context.Context, env service.Env) error {
			serving := env.Started
			env.Started = func() { serving(); fmt.Println("started") }
			return programs[name](ctx, env)
		})
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1) // it is killed, and ends in no other way
}

// killed starts a service as a process of its own, does something while it runs, and kills it.
func (d *deployment) killed(name string, meanwhile func()) {
	d.t.Helper()
	p := exec.Command(os.Args[0])
	p.Env = append(os.Environ(), programName+"="+name, programFile+"="+d.file(name))
	p.Stderr = d.t.Output()
	said, err := p.StdoutPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		d.t.Fatal(err)
	}
	defer func() {
		_ = p.Process.Kill()
		_ = p.Wait()
	}()
	started := make(chan bool, 1)
	go func() {
		var word string
		_, err := fmt.Fscan(said, &word)
		started <- err == nil && word == "started"
	}()
	select {
	case ok := <-started:
		if !ok {
			d.t.Fatalf("%s ended", name)
		}
	case <-time.After(60 * time.Second):
		d.t.Fatalf("%s does not start; refused: %v", name, d.refused.all())
	}
	meanwhile()
}
